#include "shopflow/email/templates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <kainjow/mustache.hpp>
#include <stdexcept>

namespace shopflow::email {
namespace {

namespace mustache = kainjow::mustache;

/// The texts of one mail. `{{…}}` is escaped where HTML needs it; the plain text is rendered without
/// escaping.
struct Text {
  Template about;
  const char* subject;
  const char* text;
  const char* html;
};

constexpr const char* kLinesText = R"({{#items}}
  {{quantity}} x {{name}}  {{total}}
{{/items}}

  Goods     {{subtotal}}
  Shipping  {{shipping}}
  Tax       {{tax}}
  Total     {{order_total}}
)";

constexpr const char* kLinesHtml =
    R"(<table style="border-collapse:collapse;width:100%">{{#items}}<tr><td style="padding:4px 8px 4px 0">{{quantity}} &times; {{name}}</td><td style="text-align:right">{{total}}</td></tr>{{/items}}
<tr><td style="padding-top:12px">Goods</td><td style="padding-top:12px;text-align:right">{{subtotal}}</td></tr>
<tr><td>Shipping</td><td style="text-align:right">{{shipping}}</td></tr>
<tr><td>Tax</td><td style="text-align:right">{{tax}}</td></tr>
<tr><td><b>Total</b></td><td style="text-align:right"><b>{{order_total}}</b></td></tr></table>)";

constexpr Text kTexts[] = {
    {Template::order_confirmation, "Your order {{order_number}} at {{shop_name}}",
     "Thank you for your order {{order_number}}.\n\n{{>lines}}\nYou can follow it here: {{order_url}}\n",
     "<p>Thank you for your order <b>{{order_number}}</b>.</p>{{>lines}}<p><a href=\"{{order_url}}\">Follow "
     "your order</a></p>"},
    {Template::payment_receipt, "Payment received for order {{order_number}}",
     "We have received {{amount}} for your order {{order_number}}.\n\n{{>lines}}",
     "<p>We have received <b>{{amount}}</b> for your order <b>{{order_number}}</b>.</p>{{>lines}}"},
    {Template::order_packed, "Your order {{order_number}} is packed",
     "Your order {{order_number}} is packed and waits for the carrier.\n",
     "<p>Your order <b>{{order_number}}</b> is packed and waits for the carrier.</p>"},
    {Template::order_shipped, "Your order {{order_number}} is on its way",
     "A parcel of your order {{order_number}} has left with {{carrier}}, tracking number "
     "{{tracking_number}}.\n"
     "{{#tracking_url}}Follow it here: {{tracking_url}}\n{{/tracking_url}}"
     "{{#more_parcels}}The rest follows in another parcel.\n{{/more_parcels}}",
     "<p>A parcel of your order <b>{{order_number}}</b> has left with {{carrier}}, tracking number "
     "<b>{{tracking_number}}</b>.</p>{{#tracking_url}}<p><a href=\"{{tracking_url}}\">Follow the "
     "parcel</a></p>{{/tracking_url}}"
     "{{#more_parcels}}<p>The rest follows in another parcel.</p>{{/more_parcels}}"},
    {Template::order_delivered, "Your order {{order_number}} has arrived",
     "Your order {{order_number}} has been delivered. We hope that you like it.\n",
     "<p>Your order <b>{{order_number}}</b> has been delivered. We hope that you like it.</p>"},
    {Template::review_request, "How do you like it?",
     "Your order {{order_number}} came three days ago. Others would like to know what you think of it:\n\n"
     "{{#items}}\n  {{name}}\n{{/items}}\n\n{{order_url}}\n",
     "<p>Your order <b>{{order_number}}</b> came three days ago. Others would like to know what you think of "
     "it:</p>"
     "<ul>{{#items}}<li>{{name}}</li>{{/items}}</ul><p><a href=\"{{order_url}}\">Write a review</a></p>"},
    {Template::order_cancelled, "Your order {{order_number}} is cancelled",
     "Your order {{order_number}} has been cancelled ({{reason}}). What you have paid comes back to you.\n",
     "<p>Your order <b>{{order_number}}</b> has been cancelled ({{reason}}). What you have paid comes back "
     "to you.</p>"},
    {Template::refund_processed, "A refund for your order {{order_number}}",
     "We have given {{amount}} back to you for your order {{order_number}} ({{reason}}).\n",
     "<p>We have given <b>{{amount}}</b> back to you for your order <b>{{order_number}}</b> "
     "({{reason}}).</p>"},
    {Template::low_stock, "Low stock: {{sku}}",
     "{{sku}} has {{available}} units left that can be sold; you wanted to know at {{threshold}}.\n",
     "<p><b>{{sku}}</b> has <b>{{available}}</b> units left that can be sold; you wanted to know at "
     "{{threshold}}.</p>"},
};

constexpr const char* kTextLayout = "{{{content}}}\n-- \n{{shop_name}}\n{{shop_url}}\n";
constexpr const char* kHtmlLayout =
    R"(<!doctype html><html lang="en"><head><meta charset="utf-8"></head><body style="margin:0;background:#f4f4f2;font:16px/1.5 sans-serif;color:#222">
<div style="max-width:560px;margin:24px auto;padding:24px;background:#fff;border-radius:8px">
<p style="margin-top:0;font-weight:bold">{{shop_name}}</p>
{{{content}}}
<p style="margin-bottom:0;color:#777;font-size:13px"><a style="color:#777" href="{{shop_url}}">{{shop_url}}</a></p>
</div></body></html>
)";

const Text& find(Template about) {
  for (const auto& text : kTexts) {
    if (text.about == about) return text;
  }
  throw std::logic_error{"a mail has no text"};
}

mustache::data to_data(const Facts& facts, const char* lines_partial) {
  mustache::data data;
  data.set("shop_name", facts.shop_name);
  data.set("shop_url", facts.shop_url);
  data.set("order_number", facts.order_number);
  data.set("order_url", facts.order_url);
  mustache::data lines{mustache::data::type::list};
  for (const auto& line : facts.lines) {
    mustache::data entry;
    entry.set("name", line.name);
    entry.set("quantity", std::to_string(line.quantity));
    entry.set("total", line.total);
    lines.push_back(entry);
  }
  data.set("lines", mustache::data{mustache::partial{[lines_partial] { return lines_partial; }}});
  data.set("subtotal", facts.subtotal);
  data.set("shipping", facts.shipping);
  data.set("tax", facts.tax);
  data.set("order_total", facts.total);
  data.set("amount", facts.amount);
  data.set("reason", facts.reason);
  data.set("carrier", facts.carrier);
  data.set("tracking_number", facts.tracking_number);
  if (facts.tracking_url) data.set("tracking_url", *facts.tracking_url);
  data.set("more_parcels", facts.more_parcels);
  data.set("sku", facts.sku);
  data.set("available", std::to_string(facts.available));
  data.set("threshold", std::to_string(facts.threshold));
  data.set("items", lines);
  return data;
}

std::string render_text(const std::string& source, const mustache::data& data, bool escape) {
  mustache::mustache compiled{source};
  if (!compiled.is_valid()) throw std::logic_error{"a mail's text is malformed: " + compiled.error_message()};
  if (!escape) compiled.set_custom_escape([](const std::string& text) { return text; });
  return compiled.render(data);
}

std::string in_layout(const char* layout, const std::string& content, const Facts& facts, bool escape) {
  mustache::data data;
  data.set("content", content);
  data.set("shop_name", facts.shop_name);
  data.set("shop_url", facts.shop_url);
  return render_text(layout, data, escape);
}

int minor_digits(Currency currency) {
  constexpr std::string_view none[] = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG",
                                       "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"};
  constexpr std::string_view three[] = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};
  if (std::ranges::find(none, currency.str()) != std::end(none)) return 0;
  return std::ranges::find(three, currency.str()) != std::end(three) ? 3 : 2;
}

}  // namespace

std::string format_money(const Money& money) {
  const int digits = minor_digits(money.currency);
  std::int64_t unit = 1;
  for (int i = 0; i < digits; ++i) unit *= 10;
  const auto amount = money.amount < 0 ? -money.amount : money.amount;
  const auto* sign = money.amount < 0 ? "-" : "";
  if (digits == 0) return fmt::format("{} {}{}", money.currency.str(), sign, amount);
  return fmt::format("{} {}{}.{:0{}}", money.currency.str(), sign, amount / unit, amount % unit, digits);
}

Content render(Template about, const Facts& facts) {
  const auto& source = find(about);
  const auto plain = to_data(facts, kLinesText);
  const auto rich = to_data(facts, kLinesHtml);
  Content content;
  content.subject = render_text(source.subject, plain, false);
  content.text = in_layout(kTextLayout, render_text(source.text, plain, false), facts, false);
  content.html = in_layout(kHtmlLayout, render_text(source.html, rich, true), facts, true);
  return content;
}

}  // namespace shopflow::email

#include "shopflow/email/templates.hpp"

#include <gtest/gtest.h>

namespace shopflow::email {
namespace {

Facts some_facts() {
  Facts facts;
  facts.shop_name = "Teapots & Co";
  facts.shop_url = "https://shop.example";
  facts.order_number = "1042";
  facts.order_url = "https://shop.example/orders/ord_1";
  facts.lines = {{"Teapot <large>", 2, "EUR 39.98"}};
  facts.subtotal = "EUR 39.98";
  facts.shipping = "EUR 4.99";
  facts.tax = "EUR 8.54";
  facts.total = "EUR 53.51";
  facts.amount = "EUR 53.51";
  facts.reason = "changed my mind";
  facts.carrier = "dhl";
  facts.tracking_number = "JD0001";
  facts.tracking_url = "https://track.example/JD0001";
  facts.sku = "POT-L";
  facts.available = 3;
  facts.threshold = 5;
  return facts;
}

TEST(MailTemplates, EveryTemplateGivesSubjectTextAndHtmlWithNothingLeftOpen) {
  for (const auto& [about, name] : json::Names<Template>::values) {
    const auto content = render(about, some_facts());
    for (const auto& part : {content.subject, content.text, content.html}) {
      EXPECT_FALSE(part.empty()) << name;
      EXPECT_EQ(part.find("{{"), std::string::npos) << name << ": " << part;
    }
  }
}

TEST(MailTemplates, TheConfirmationListsWhatWasOrderedAndWhatItComesTo) {
  const auto content = render(Template::order_confirmation, some_facts());
  EXPECT_EQ(content.subject, "Your order 1042 at Teapots & Co");
  EXPECT_NE(content.text.find("2 x Teapot <large>  EUR 39.98"), std::string::npos) << content.text;
  EXPECT_NE(content.text.find("Total     EUR 53.51"), std::string::npos) << content.text;
}

TEST(MailTemplates, HtmlIsEscapedAndPlainTextIsNot) {
  const auto content = render(Template::order_confirmation, some_facts());
  EXPECT_NE(content.html.find("Teapot &lt;large&gt;"), std::string::npos) << content.html;
  EXPECT_NE(content.html.find("Teapots &amp; Co"), std::string::npos);
  EXPECT_EQ(content.html.find("<large>"), std::string::npos);
}

TEST(MailTemplates, AMailAboutAParcelSaysWhetherMoreFollow) {
  auto facts = some_facts();
  EXPECT_EQ(render(Template::order_shipped, facts).text.find("another parcel"), std::string::npos);
  facts.more_parcels = true;
  EXPECT_NE(render(Template::order_shipped, facts).text.find("another parcel"), std::string::npos);
}

TEST(MailTemplates, MoneyHasAsManyDecimalsAsItsCurrency) {
  EXPECT_EQ(format_money({1999, *Currency::parse("EUR")}), "EUR 19.99");
  EXPECT_EQ(format_money({5, *Currency::parse("EUR")}), "EUR 0.05");
  EXPECT_EQ(format_money({-1999, *Currency::parse("EUR")}), "EUR -19.99");
  EXPECT_EQ(format_money({1999, *Currency::parse("JPY")}), "JPY 1999");
  EXPECT_EQ(format_money({1999, *Currency::parse("KWD")}), "KWD 1.999");
}

}  // namespace
}  // namespace shopflow::email

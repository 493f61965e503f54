#include "app/config.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace shopflow::app {
namespace {

class ConfigFile : public ::testing::Test {
 protected:
  void SetUp() override {
    directory = std::filesystem::temp_directory_path() / ("shopflow_config_" + std::to_string(getpid()));
    std::filesystem::create_directories(directory);
  }
  void TearDown() override { std::filesystem::remove_all(directory); }

  std::filesystem::path write(const std::string& name, const std::string& text) const {
    const auto path = directory / name;
    std::ofstream{path} << text;
    return path;
  }
  static std::string problems(const std::expected<Config, ConfigErrors>& loaded) {
    std::string all;
    if (loaded) return all;
    for (const auto& message : loaded.error().messages) all += message + "\n";
    return all;
  }
  std::filesystem::path directory;
};

TEST_F(ConfigFile, WithoutFileAndEnvironmentTheDefaultsHold) {
  const auto config = load_config({}, {});
  ASSERT_TRUE(config) << problems(config);
  EXPECT_EQ(config->http.port, 8080);
  EXPECT_EQ(config->reservations.cart_s, 600);
}

TEST_F(ConfigFile, TheEnvironmentOverridesTheFile) {
  const auto file = write("a.toml", "[http]\nport = 9000\nthreads = 3\n");
  const auto config = load_config(file, {{"SHOPFLOW_HTTP_PORT", "9001"}});
  ASSERT_TRUE(config) << problems(config);
  EXPECT_EQ(config->http.port, 9001);
  EXPECT_EQ(config->http.threads, 3);
}

TEST_F(ConfigFile, UnknownKeysAreRefusedByName) {
  const auto file = write("a.toml", "[http]\nprot = 9000\n[shops]\nname = \"x\"\n");
  const auto text = problems(load_config(file, {{"SHOPFLOW_HTTP_PROT", "1"}}));
  EXPECT_NE(text.find("http.prot is no setting"), std::string::npos) << text;
  EXPECT_NE(text.find("shops.name is no setting"), std::string::npos) << text;
  EXPECT_NE(text.find("SHOPFLOW_HTTP_PROT is no setting"), std::string::npos) << text;
}

TEST_F(ConfigFile, BadValuesAreRefusedByNameAndAllAtOnce) {
  const auto file = write("a.toml",
                          "[http]\nport = 70000\nthreads = \"many\"\nsocket = "
                          "\"http.sock\"\n[shop]\ncurrency = \"euro\"\n[log]\nlevel = \"loud\"\n"
                          "[tax]\nrates = [\"DE\"]\n[mail]\nrequire_tls = 1\n");
  const auto text = problems(load_config(file, {}));
  for (const auto* name : {"http.port", "http.threads", "http.socket", "shop.currency", "log.level",
                           "tax.rates", "mail.require_tls"}) {
    EXPECT_NE(text.find(name), std::string::npos) << name << " is not in\n" << text;
  }
}

TEST_F(ConfigFile, ALimitThatIsNoneOrNoLimitAnyMoreIsRefused) {
  for (const auto* name :
       {"SHOPFLOW_HTTP_HEADER_BYTES_MAX", "SHOPFLOW_HTTP_HEADER_FIELDS_MAX", "SHOPFLOW_HTTP_BODY_BYTES_MAX",
        "SHOPFLOW_HTTP_JSON_DEPTH_MAX", "SHOPFLOW_HTTP_HEADER_MS_MAX", "SHOPFLOW_HTTP_BODY_MS_MAX",
        "SHOPFLOW_HTTP_WRITE_MS_MAX", "SHOPFLOW_HTTP_IDLE_MS_MAX", "SHOPFLOW_CARTS_LINES_MAX",
        "SHOPFLOW_CARTS_QUANTITY_MAX"}) {
    for (const auto* value : {"0", "-1", "4294967296", "9223372036854775808", "8k", ""}) {
      const auto text = problems(load_config({}, {{name, value}}));
      EXPECT_TRUE(text.starts_with(std::string{name} + " must be ")) << value << ": " << text;
    }
  }
}

TEST_F(ConfigFile, AFileThatIsNotThereOrNotTomlIsSaidSo) {
  EXPECT_NE(problems(load_config(directory / "none.toml", {})).find("does not exist"), std::string::npos);
  const auto text = problems(load_config(write("a.toml", "[http\n"), {}));
  EXPECT_NE(text.find("line 1"), std::string::npos) << text;
}

TEST_F(ConfigFile, ASecretMayStandInAFileOfItsOwn) {
  const auto secret = write("url", "postgresql://db/shop\n");
  const auto config = load_config({}, {{"SHOPFLOW_DATABASE_URL_FILE", secret.string()}});
  ASSERT_TRUE(config) << problems(config);
  EXPECT_EQ(config->database.url, "postgresql://db/shop");
  EXPECT_NE(problems(load_config({}, {{"SHOPFLOW_DATABASE_URL_FILE", "/none"}})).find("can't be read"),
            std::string::npos);
  EXPECT_EQ(problems(load_config({}, {{"SHOPFLOW_DATABASE_URL_FILE", directory.string()}})),
            "SHOPFLOW_DATABASE_URL_FILE names a file that can't be read\n");
  EXPECT_NE(problems(load_config({}, {{"SHOPFLOW_HTTP_PORT_FILE", secret.string()}})).find("is no setting"),
            std::string::npos);
}

TEST_F(ConfigFile, ASecretMayBeACredentialOfTheServiceManager) {
  (void)write("database.url", "postgresql://of_a_credential\n");
  (void)write("audit.key", "too short");
  (void)write("http.port", "9000");
  auto text = problems(load_config({}, {{"CREDENTIALS_DIRECTORY", directory.string()}}));
  EXPECT_EQ(text, "the credential audit.key must have 32 characters or more\n");
  (void)write("audit.key", std::string(32, 'k'));
  const auto file = write("a.toml", "[database]\nurl = \"postgresql://of_the_file\"\n");
  const auto config = load_config(file, {{"CREDENTIALS_DIRECTORY", directory.string()}});
  ASSERT_TRUE(config);
  EXPECT_EQ(config->database.url, "postgresql://of_a_credential");
  EXPECT_EQ(config->audit.key, std::string(32, 'k'));
  EXPECT_EQ(config->http.port, 8080);
  const auto overridden = load_config(
      file, {{"CREDENTIALS_DIRECTORY", directory.string()}, {"SHOPFLOW_DATABASE_URL", "postgresql://x"}});
  EXPECT_EQ(overridden->database.url, "postgresql://x");
}

TEST_F(ConfigFile, SecretsAreNeverShown) {
  const auto config = load_config({}, {{"SHOPFLOW_MAIL_SMTP_PASSWORD", "hunter2"},
                                       {"SHOPFLOW_CARRIERS_SECRETS", "dhl=hunter2hunter2hunter2"}});
  ASSERT_TRUE(config) << problems(config);
  for (const auto& key : config_keys())
    EXPECT_EQ(key.show(*config).find("hunter2"), std::string::npos) << key.name;
}

TEST_F(ConfigFile, TheDefaultOfASecretIsShownAndNoOther) {
  const auto& keys = config_keys();
  const auto url = std::ranges::find(keys, "database.url", &Key::name);
  ASSERT_NE(url, keys.end());
  EXPECT_EQ(url->show(Config{}), "postgresql:///shopflow");
  const auto other = load_config({}, {{"SHOPFLOW_DATABASE_URL", "postgresql://hunter2@db/shop"}});
  ASSERT_TRUE(other) << problems(other);
  EXPECT_EQ(url->show(*other), "(set)");
}

TEST_F(ConfigFile, WhatAKeyMeansNamesItsLimitsAndThatItIsSecret) {
  const auto& keys = config_keys();
  EXPECT_EQ(std::ranges::find(keys, "http.port", &Key::name)->meaning(),
            "Port to listen on; 0 takes a free one. (0 to 65535)");
  EXPECT_TRUE(std::ranges::find(keys, "database.url", &Key::name)->meaning().ends_with(". (secret)"));
}

TEST_F(ConfigFile, WhatWebhooksAreSignedWithIsNotToBeGuessed) {
  const auto told = [](const std::string& name, const std::string& value) {
    return problems(load_config({}, {{name, value}}));
  };
  EXPECT_EQ(told("SHOPFLOW_PAYMENTS_SANDBOX_SECRET", std::string(15, 'k')),
            "SHOPFLOW_PAYMENTS_SANDBOX_SECRET must have 16 characters or more\n");
  EXPECT_EQ(told("SHOPFLOW_CARRIERS_SECRETS", "ups=" + std::string(16, 'k') + ",dhl=" + std::string(15, 'k')),
            "SHOPFLOW_CARRIERS_SECRETS '…' must have 16 characters or more\n");
  EXPECT_EQ(told("SHOPFLOW_CARRIERS_SECRETS", "dhl="),
            "SHOPFLOW_CARRIERS_SECRETS '…' must have the form name=value\n");
  EXPECT_EQ(told("SHOPFLOW_PAYMENTS_SANDBOX_SECRET", ""), "");
  EXPECT_EQ(told("SHOPFLOW_CARRIERS_SECRETS", "dhl=" + std::string(16, 'k')), "");
}

TEST_F(ConfigFile, AddressesThatLeadNowhereAndTextOfSeveralLinesAreRefused) {
  const auto text =
      problems(load_config({}, {{"SHOPFLOW_REDIS_URL", "nonsense"},
                                {"SHOPFLOW_MAIL_SMTP_URL", "http://mail.example"},
                                {"SHOPFLOW_MAIL_FROM", "Shop <a@b.example>\r\nBcc: c@d.example"}}));
  EXPECT_EQ(text,
            "SHOPFLOW_MAIL_FROM must be one line without control characters\n"
            "SHOPFLOW_MAIL_SMTP_URL must be smtp://host:port or smtps://host:port\n"
            "SHOPFLOW_REDIS_URL must be unix:/path or redis://host:port/db\n");
  EXPECT_EQ(problems(load_config({}, {{"SHOPFLOW_REDIS_URL", "redis://127.0.0.1:6379/0"},
                                      {"SHOPFLOW_MAIL_SMTP_URL", "smtps://mail.example:465"}})),
            "");
}

TEST_F(ConfigFile, ListsComeFromTheFileAsListsAndFromTheEnvironmentWithCommas) {
  const auto file = write("a.toml", "[tax]\nrates = [\"DE=1900\", \"*=0\"]\n");
  const auto config = load_config(file, {{"SHOPFLOW_SHIPPING_RATES", "*:standard=0,DE:express=990"}});
  ASSERT_TRUE(config) << problems(config);
  EXPECT_EQ(config->tax.rates, (Texts{"DE=1900", "*=0"}));
  EXPECT_EQ(config->shipping.rates, (Texts{"*:standard=0", "DE:express=990"}));
}

TEST_F(ConfigFile, EveryKeyHasItsOwnNameInTheEnvironment) {
  std::vector<std::string> names;
  for (const auto& key : config_keys()) names.push_back(environment_name(key.name));
  std::ranges::sort(names);
  EXPECT_EQ(std::ranges::adjacent_find(names), names.end());
}

}  // namespace
}  // namespace shopflow::app

//! Names that say: what follows is a secret.

use super::super::detect::assignment;
use super::super::rule::{DetectorFn, Kind, On};
use super::{Line, before_token, detector, inside, inside_any_case};

pub(super) const RULES: &[Line] = &[
    rule("password-assignment", "PASSWORD", inside_any_case(PASSWORD), assignment::password),
    rule("secret-assignment", "SECRET", before_token(SECRET), assignment::secret),
    rule("key-assignment", "SECRET", before_token(KEY), assignment::key),
    rule("issuer-assignment", "SECRET", before_token(ISSUERS), assignment::issuer),
    rule("compared-literal", "SECRET", inside(COMPARED), assignment::compared::find),
];

const COMPARED: &str = "\"== \"␣== \"!= \"␣!= '== '␣== '!= '␣!=";
const PASSWORD: &str = "passw pwd passphrase pass passwd pw pswd identified␣by securestring";
const SECRET: &str = "secret token apikey api_key api-key api.key accesskey access_key authkey auth_key private_key privatekey license_key licensekey encryption_key credential creds bearer";
/// Issuers whose tokens have no mark of their own. Common words (`linear`), and those beside which hashes stand (`github`),
/// are left out.
#[rustfmt::skip]
const ISSUERS: &str = "okta adobe algolia asana atlassian beamer bitbucket cohere datadog finicity finnhub flickr freshbooks gitter heroku kagi launchdarkly messagebird nytimes postmark sendbird twitch adafruit aiven assemblyai bittrex circleci clickhouse cloudflare codecov coinbase confluent contentful deepgram discord droneci etsy fastly figma hashicorp hubspot intercom kraken kucoin mailgun mattermost netlify ollama pagerduty paypal plaid plivo polymarket rapidapi sentry sonarqube squarespace sumologic tableau travisci vercel zendesk abuseipdb cc_test_reporter_id sourcegraph unseal ai21studio airbrake alchemy anypoint artifactory baremetrics baseten bitrise blazemeter calendarific censys chartmogul cloudinary cloudsmith codeclimate configcat coveralls diffbot disqus docusign dwolla everhour fastforex filezilla findl flagsmith fullcontact greptile helpscout hetzner holidayapi honeycomb infomaniak infura jotform jumpcloud keenio mailjet mailmodo mistral mixpanel moralis newrelic nicereply nozbe onelogin openweather opsgenie optimizely pandadoc parseur pendo pepipost pingidentity proxycrawl ringcentral runscope saucelabs screenshotapi smartsheets snowflake splunk surveybot telnyx theoddsapi todoist trello trendmicro twilio unsplash upstash virustotal voiceflow vultr wakatime wandb webex webflow zerotier zoho";
const KEY: &str = "key auth access private salt _pat authtoken login crumb";

const fn rule(name: &'static str, label: &'static str, trigger: (On, &'static str), detect: DetectorFn) -> Line {
    let source = "assignments in source code and configuration";
    Line { generic: true, ..detector(name, Kind::Secret, label, trigger, detect, source) }
}

//! Names of services whose credentials have no mark of their own: 32 hexadecimal digits, a UUID, 40 letters.
//! The name in front of the value is all there is.

/// Lower case. Names that are words of everyday programs (`box`, `column`, `line`) are left out.
#[rustfmt::skip]
const NAMES: &[&str] = &[
    "adafruitio", "adobe", "adyen", "airbrake", "airtable", "aiven", "alchemy", "algolia", "alibabacloud",
    "amplitude", "anthropic", "anypoint", "apifonica", "apify", "apilayer", "apitemplate", "apollo", "appfollow",
    "appointedd", "appoptics", "appsynergy", "artifactory", "asana", "assemblyai", "atera", "atlassian", "auth0",
    "autoklose", "avaza", "aviationstack", "axonaut", "ayrshare", "azureopenai", "azuresearch", "bandwidth",
    "bannerbear", "baremetrics", "beamer", "beebole", "besnappy", "besttime", "betterstack", "bitbar", "bitbucket",
    "bitcoinaverage", "bitly", "bitrise", "bittrex", "blazemeter", "blitapp", "blocknative", "blogger", "blynk",
    "bombbomb", "boostnote", "borgbase", "braintree", "brandfetch", "brave", "brevo", "browserstack", "browshot",
    "bscscan", "buddyns", "budibase", "bugherd", "bugsnag", "buildkite", "buttercms", "caflou", "calendarific",
    "calendly", "calorieninja", "campayn", "cannyio", "capsulecrm", "carboninterface", "centralstationcrm",
    "cerebras", "chargebee", "chartmogul", "chatfuel", "checio", "checklyhq", "checkout", "circleci", "civo",
    "clarifai", "clearbit", "clerk", "clicksend", "clickup", "cliengo", "clockify", "closecrm", "cloudant",
    "cloudconvert", "cloudflare", "cloudimage", "cloudinary", "cloudmersive", "cloudplan", "cloudsight",
    "cloudsmith", "cloverly", "clustdoc", "codacy", "codeclimate", "codecov", "codefresh", "codemagic",
    "codequiry", "cohere", "coinapi", "coinbase", "coinlayer", "coinlib", "collect2", "commercejs", "configcat",
    "confluence", "confluent", "confluentcloud", "contentful", "contentstack", "convertapi", "convertkit",
    "couchbase", "countrylayer", "coveralls", "craftmypdf", "crates", "cratesio", "crowdin", "cryptocompare",
    "currencyfreaks", "currencylayer", "currencyscoop", "currentsapi", "cursor", "d7network", "dailyco",
    "dareboost", "dashscope", "databento", "databox", "databricks", "datadog", "datagov", "datastax", "deepai",
    "deepgram", "deepseek", "detectify", "detectlanguage", "devcycle", "dfuse", "diffbot", "diggernaut",
    "digitalocean", "discord", "disqus", "dnkey", "dockerhub", "docparser", "documo", "doppler", "dronahq",
    "droneci", "dropbox", "dtrack", "dynalist", "dynatrace", "dyspatch", "eagleeyenetworks", "easypost", "ebay",
    "ecostruxureit", "edenai", "elastic", "elasticemail", "elevenlabs", "endorlabs", "equinix", "eraser",
    "etherscan", "ethplorer", "etsy", "eventbrite", "everhour", "exchangerateapi", "exchangeratesapi", "exoscale",
    "expo", "extractorapi", "facebook", "fastforex", "fastly", "fauna", "feedier", "fetchrss", "figma", "finage",
    "financialmodelingprep", "findl", "finicity", "finnhub", "fireworks", "fixerio", "fleetbase", "flexport",
    "flickr", "flightapi", "flightlabs", "flyio", "formbucket", "formcraft", "foursquare", "frameio", "freshbooks",
    "fulcrum", "fullstory", "fxmarket", "geckoboard", "gemini", "geoapify", "geocodify", "getaddress", "getemail",
    "getgeoapi", "getgist", "getresponse", "gitea", "gitter", "glassnode", "gocardless", "goodday", "gradle",
    "grafana", "graphhopper", "greptile", "groovehq", "groq", "gtmetrix", "gumroad", "gyazo", "happyscribe",
    "hellosign", "helpcrunch", "helpscout", "here_api", "hereapi", "heroku", "hetzner", "highnote", "hiveage",
    "holidayapi", "honeycomb", "html2pdf", "hubspot", "huggingface", "hunterio", "hybiscus", "iconfinder",
    "iexapis", "iexcloud", "imagekit", "imagga", "influx", "infobip", "infomaniak", "infura", "insightly",
    "instabot", "intercom", "interseller", "intra42", "intrinio", "ip2location", "ipapi", "ipgeolocation",
    "ipinfo", "ipinfodb", "ipqualityscore", "ipstack", "jenkins", "jfrog", "jira", "jotform", "jumpcloud",
    "jupiterone", "juro", "kafka", "kagi", "karma", "karmacrm", "kickbox", "kimi", "klaviyo", "klipfolio",
    "knapsackpro", "kraken", "kucoin", "kylas", "languagelayer", "larksuite", "launchdarkly", "leadfeeder",
    "lemlist", "lemonsqueezy", "lendflow", "lessannoyingcrm", "lexigram", "lichess", "lighton", "linkedin",
    "linkpreview", "linode", "livestorm", "loadmill", "locationiq", "loggly", "loginradius", "logzio", "lokalise",
    "looker", "loyverse", "lunchmoney", "madkudu", "mailboxlayer", "mailchimp", "mailerlite", "mailersend",
    "mailgun", "mailjet", "mailmodo", "mailsac", "mandrill", "mapbox", "mapquest", "maptiler", "marketstack",
    "mattermost", "mavenlink", "maxmind", "mediastack", "meilisearch", "meistertask", "meraki", "mesibo",
    "messagebird", "metrilo", "midtrans", "mindmeister", "minimax", "miro", "mistral", "mixmax", "mixpanel",
    "mockaroo", "mollie", "monday", "monkeylearn", "moonclerk", "moonshot", "moosend", "myintervals",
    "nasdaqdatalink", "neon", "netlify", "newrelic", "newsapi", "newscatcher", "nexmo", "nftport", "ngrok",
    "nicereply", "nightfall", "nimble", "noticeable", "notion", "nozbe", "nozbeteams", "numverify", "nvapi",
    "nylas", "nytimes", "oanda", "octoai", "okta", "ollama", "omnisend", "onesignal", "onfido", "onfleet",
    "oopspam", "openai", "opencagedata", "openuv", "openweather", "openweathermap", "opsgenie", "optimizely",
    "overloop", "ovh", "owlbot", "packagecloud", "packet", "paddle", "pagarme", "pagerduty", "pandadoc",
    "pandascore", "paperform", "papertrail", "paradigm", "paralleldots", "parseur", "particleio", "partnerstack",
    "paydirtapp", "paymoapp", "paymongo", "paypal", "paystack", "pdflayer", "pdfshift", "peopledatalabs",
    "pepipost", "perplexity", "persona", "pinecone", "pinterest", "pipedream", "pipedrive", "pixabay", "plaid",
    "planetscale", "planyo", "plivo", "podio", "pollsapi", "polymarket", "positionstack", "postageapp",
    "postcoder", "posthog", "postman", "postmark", "powrbot", "prefect", "privateai", "prodpad", "prospectcrm",
    "protocolsio", "proxycrawl", "pubnub", "pulumi", "pushbullet", "pyowm", "qualaroo", "qubole", "railway",
    "rainforest", "rapidapi", "raygun", "razorpay", "reachmail", "reallysimplesystems", "rebrandly", "recaptcha",
    "redislabs", "render", "rentman", "replicate_api", "replyio", "requestfinance", "restpack", "ritekit",
    "rocketreach", "rockset", "rollbar", "rootly", "route4me", "routee", "rubygems", "runpod", "runscope",
    "salesblink", "salescookie", "salesflare", "salesforce", "samsara", "sanity", "sauce", "saucelabs", "scaleway",
    "scalingo", "scalr", "scrapeowl", "scraperapi", "scraperbox", "scrapestack", "scrapfly", "scrapingant",
    "scrapingbee", "screenshotapi", "screenshotlayer", "scrutinizerci", "scw", "securitytrails", "segmentio",
    "selectpdf", "sendbird", "sendgrid", "sendinblue", "sentry", "serphouse", "serpstack", "sherpadesk", "shippo",
    "shodan", "shopify", "shotstack", "shutterstock", "sidekiq", "signaturit", "signupgenius", "sigopt",
    "silverlining", "simfin", "simplynoted", "simvoly", "sinch", "skrappio", "slack", "smartsheets", "snipcart",
    "snowflake", "snyk", "softlayer", "sonar", "sonarcloud", "sonarqube", "sourcegraph", "sparkpost",
    "speechtextai", "splunk", "spoonacular", "sportsmonk", "spotify", "square", "squarespace", "squareup",
    "sslmate", "stability", "stackhawk", "statuscake", "statuspage", "statuspal", "stitchdata", "stockdata",
    "storecove", "stormboard", "stormglass", "storyblok", "storychief", "streak", "stripe", "stripo", "sumo",
    "sumologic", "supabase", "supernotes", "surveybot", "surveysparrow", "survicate", "swiftype", "tableau",
    "tailscale", "tallyfy", "tatumio", "taxjar", "teamwork", "teamworkcrm", "teamworkdesk", "teamworkspaces",
    "technicalanalysisapi", "tefter", "telegr", "telegram", "teletype", "telnyx", "terraform", "textmagic",
    "the-odds-api", "theoddsapi", "thingsboard", "thunderstore", "ticketmaster", "tickettailor", "tiingo",
    "timecamp", "timezoneapi", "tmetric", "todoist", "together", "togetherai", "toggltrack", "tomtom", "tradier",
    "transferwise", "travelpayouts", "travisci", "trello", "truenas", "turso", "twelvedata", "twilio", "twitch",
    "twitter", "tyntec", "typeform", "typesense", "ubidots", "uclassify", "unkey", "unplugg", "unsplash",
    "upcdatabase", "upcloud", "uplead", "upstage", "upstash", "uptimerobot", "upwave", "urlscan", "userflow",
    "userstack", "vagrant", "vagrantcloud", "valtown", "vatlayer", "vbout", "vercel", "verimail", "veriphone",
    "versioneye", "viewneo", "virustotal", "visualcrossing", "voiceflow", "voicegain", "vonage", "voodoosms",
    "vpnapi", "vultr", "waka_time", "wakatime", "walkscore", "wandb", "weatherbit", "weatherstack", "web3storage",
    "webflow", "webscraper", "webscraping", "weightsandbiases", "whoxy", "wireguard", "wistia", "wolfram",
    "workato", "workos", "worksnaps", "workstack", "worldcoinindex", "worldweather", "wrike", "yandex", "yelp",
    "yousign", "youtube", "zai", "zendesk", "zenkit", "zenrows", "zenscrape", "zeplin", "zerobounce", "zerotier",
    "zipcodeapi", "zipcodebase", "zohocrm", "zonkafeedback", "zuplo",
];

/// One of the names stands in the text, in any case, at the start of a word: `CameraKit` does not name `meraki`.
pub(in crate::mask) fn is_named(text: &[u8]) -> bool {
    let starts = |at: usize| match at.checked_sub(1).and_then(|before| text.get(before)) {
        Some(before) if before.is_ascii_alphabetic() => before.is_ascii_lowercase() && text[at].is_ascii_uppercase(),
        _ => text[at].is_ascii_alphanumeric(),
    };
    (0..text.len()).filter(|at| starts(*at)).any(|at| starts_with_name(&text[at..]))
}

/// `text` is not empty.
fn starts_with_name(text: &[u8]) -> bool {
    let first = text[0].to_ascii_lowercase();
    let from = NAMES.partition_point(|name| name.as_bytes()[0] < first);
    NAMES[from..]
        .iter()
        .map(|name| name.as_bytes())
        .take_while(|name| name[0] == first)
        .any(|name| text.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_lower_case_and_found() {
        assert!(NAMES.is_sorted());
        assert!(NAMES.iter().all(|name| name.len() > 1 && name.bytes().all(|byte| !byte.is_ascii_uppercase())));
        assert!(is_named(b"my_datadog_prod"));
        assert!(!is_named(b"my_column"));
        assert!(is_named(b"myDatadogKey"));
        assert!(!is_named(b"CameraKit"));
    }
}

//! A case of a public test suite.

use serde_json::Value;
use threadkeep_core::mask::Masker;

pub(crate) struct Case {
    /// Whose case it is; those of personal data stand apart by entity.
    pub(crate) suite: String,
    /// What the suite says it is: one of its rules.
    pub(crate) entity: String,
    pub(crate) text: String,
    pub(crate) positive: bool,
    /// It was written by a person, and another rule's secret is not in it.
    pub(crate) counts: bool,
    /// Where the value stands, in bytes.
    pub(crate) spans: Option<Vec<(usize, usize)>>,
}

/// What the masker made of a case.
pub(crate) struct Outcome {
    /// The first rule that masked what should be masked; for a negative case, anything.
    pub(crate) rule: Option<String>,
    /// It masked exactly the spans of the case.
    pub(crate) is_exact: bool,
}

pub(crate) fn read_all(path: &str) -> std::io::Result<Vec<Case>> {
    let lines = std::fs::read_to_string(path)?;
    Ok(lines.lines().filter_map(|line| serde_json::from_str(line).ok()).map(|line: Value| Case::read(&line)).collect())
}

impl Case {
    fn read(line: &Value) -> Self {
        let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
        let flag = |name: &str| line[name].as_bool().unwrap_or(false);
        let source = text("source");
        let personal = source == "presidio";
        let positive = flag("positive");
        let spans = spans(&line["expected"], &line["text"], line["unit"] == "utf16")
            .or_else(|| spans(&line["gl_full"], &line["text"], false).filter(|spans| !spans.is_empty()));
        Self {
            suite: if personal { format!("presidio {}", text("entity")) } else { source },
            entity: text("entity"),
            counts: !flag("generated") && (positive || personal || flag("union_negative")),
            text: text("text"),
            positive,
            spans,
        }
    }

    pub(crate) fn outcome(&self) -> Outcome {
        let masker = self.masker();
        let found: Vec<_> =
            masker.find(&self.text).iter().map(|found| (found.start, found.start + found.len, found.rule)).collect();
        let is_wanted = |start: usize, end: usize| match &self.spans {
            Some(spans) if self.positive => spans.iter().any(|span| span.0 < end && start < span.1),
            _ => true,
        };
        let rule = found.iter().find(|(start, end, _)| is_wanted(*start, *end)).map(|(.., rule)| rule.name.to_string());
        let places: Vec<_> = found.iter().map(|(start, end, _)| (*start, *end)).collect();
        Outcome { rule, is_exact: self.spans.as_ref() == Some(&places) }
    }

    /// The cases of a national number are those of one opt-in rule; all others are for the rules that are on by default.
    fn masker(&self) -> Masker {
        let entity = self.suite.strip_prefix("presidio ");
        match NATIONAL.iter().find(|known| Some(known.0) == entity) {
            Some((_, rule)) => Masker::builder().none().with(rule).build().unwrap_or_default(),
            None => Masker::default(),
        }
    }

    /// The suite lists it, but it opens nothing: a host, a bucket, a name, an id that its issuer calls public.
    pub(crate) fn is_public(&self) -> bool {
        PUBLIC.contains(&self.entity.as_str())
    }

    /// A rule settles it, by a checksum or by structure, or it is a secret.
    pub(crate) fn is_claimed(&self) -> bool {
        match self.suite.strip_prefix("presidio ") {
            Some(entity) => SETTLED.contains(&entity) || NATIONAL.iter().any(|known| known.0 == entity),
            None => true,
        }
    }
}

/// Kinds of cases that are found for what they tell about a system.
#[rustfmt::skip]
const PUBLIC: [&str; 38] = [
    // addresses
    "np.s3.1", "np.s3.2", "np.gcs.1", "np.arn.1", "kingfisher.artifactory.2", "kingfisher.auth0.3",
    "kingfisher.azure.devops.2", "kingfisher.okta.2", "kingfisher.salesforce.2", "kingfisher.shopify.2",
    "artifactory-jfrog-url", "salesforce-instance-url.1", "snowflake-account-host.1", "supabase-project-url",
    "tableau-server-host.1",
    // names and public ids
    "np.google.1", "np.reactapp.1", "np.twitter.1", "np.aws.3", "kingfisher.anypoint.2", "kingfisher.auth0.1",
    "kingfisher.azurestorage.name.1", "kingfisher.google.1", "kingfisher.mongodb.2", "kingfisher.paypal.1",
    "kingfisher.planetscale.2", "kingfisher.reactapp.1", "kingfisher.snowflake.1", "kingfisher.twitter.1",
    "azure-tenant-id", "canva-client-id", "cloudinary-cloud-name", "ebay-client-id", "sumologic-access-id",
    "tableau-personal-access-token-name.1",
    // public halves of keys
    "np.age.1", "kingfisher.age.1",
    // a common word with a number, with nothing that says what it is
    "kingfisher.weak_password.1",
];

/// Kinds of personal data that a rule is there for by default.
const SETTLED: [&str; 7] =
    ["CREDIT_CARD", "CRYPTO", "EMAIL_ADDRESS", "IBAN_CODE", "IP_ADDRESS", "MAC_ADDRESS", "US_SSN"];

#[rustfmt::skip]
const NATIONAL: [(&str, &str); 28] = [
    ("ABA_ROUTING", "us-aba"), ("AU_ABN", "au-abn"), ("AU_ACN", "au-acn"), ("AU_MEDICARE", "au-medicare"),
    ("AU_TFN", "au-tfn"), ("CA_SIN", "ca-sin"), ("DE_TAX_ID", "de-tax-id"), ("ES_NIE", "es-nif"), ("ES_NIF", "es-nif"),
    ("FI_PERSONAL_IDENTITY_CODE", "fi-hetu"), ("IN_AADHAAR", "in-aadhaar"), ("IN_GSTIN", "in-gstin"), ("IN_PAN", "in-pan"),
    ("IT_FISCAL_CODE", "it-fiscal-code"), ("IT_VAT_CODE", "it-vat"), ("KR_RRN", "kr-rrn"), ("PL_PESEL", "pl-pesel"),
    ("SE_PERSONNUMMER", "se-personnummer"), ("SG_FIN", "sg-fin"), ("TH_TNIN", "th-id"), ("TR_NATIONAL_ID", "tr-id"),
    ("UK_NHS", "uk-nhs"), ("UK_NINO", "uk-nino"), ("US_ITIN", "us-itin"), ("US_MBI", "us-mbi"), ("US_NPI", "us-npi"),
    ("ZA_ID_NUMBER", "za-id"), ("SE_ORGANISATIONSNUMMER", "se-personnummer"),
];

fn spans(spans: &Value, text: &Value, utf16: bool) -> Option<Vec<(usize, usize)>> {
    let text = text.as_str()?;
    let offset = |units: u64| byte_offset(text, units as usize, utf16);
    spans.as_array()?.iter().map(|span| Some((offset(span[0].as_u64()?), offset(span[1].as_u64()?)))).collect()
}

fn byte_offset(text: &str, units: usize, utf16: bool) -> usize {
    let mut passed = 0;
    for (at, character) in text.char_indices() {
        if passed >= units {
            return at;
        }
        passed += if utf16 { character.len_utf16() } else { 1 };
    }
    text.len()
}

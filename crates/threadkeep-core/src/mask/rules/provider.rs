//! Tokens that carry their issuer's mark. Formats are facts from the issuers' documentation and from public scanners
//! (gitleaks, detect-secrets, secretlint, nosey parker: MIT and Apache-2.0), in our own words.

use std::borrow::Cow;

use super::super::check::Check;
use super::super::rule::{Kind, Rule, Scope, Shape, Trigger};

/// name, label, anchors, what follows the anchor, least bits per character.
type Line = (&'static str, &'static str, &'static str, &'static str, f32);

#[rustfmt::skip]
const TOKENS: &[Line] = &[
    ("aws-access-key", "AWS_KEY", "AKIA ASIA ABIA ACCA A3T", "2{16}", 2.5),
    ("github-token", "GITHUB_TOKEN", "ghp_ gho_ ghu_ ghs_ ghr_", "n{36}", 2.5),
    ("github-fine-grained", "GITHUB_TOKEN", "github_pat_", "w{82}", 2.5),
    ("gitlab-token", "GITLAB_TOKEN", "glpat- gldt- glrt- glcbt- glft- glimt- glagent- gloas- glsoat- glffct-", "k{20,64}", 2.5),
    ("openai-key", "OPENAI_KEY", "sk-proj- sk-svcacct- sk-admin-", "k{20,200}", 3.0),
    ("anthropic-key", "ANTHROPIC_KEY", "sk-ant-", "k{20,200}", 3.0),
    ("openai-legacy-key", "OPENAI_KEY", "sk-", "n{20} 'T3BlbkFJ' n{20}", 3.0),
    ("google-api-key", "GOOGLE_KEY", "AIza", "k{35}", 3.0),
    ("google-oauth-secret", "GOOGLE_SECRET", "GOCSPX-", "k{28}", 3.0),
    ("stripe-key", "STRIPE_KEY", "sk_live_ sk_test_ rk_live_ rk_test_", "n{10,200}", 2.5),
    ("stripe-webhook-secret", "STRIPE_SECRET", "whsec_", "n{20,100}", 2.5),
    ("slack-token", "SLACK_TOKEN", "xoxb- xoxp- xoxa- xoxr- xoxs- xoxe- xapp-", "i{20,250}", 2.5),
    ("slack-webhook", "SLACK_WEBHOOK", "hooks.slack.com/services/", "< B{30,60}", 2.5),
    ("sendgrid-key", "SENDGRID_KEY", "SG.", "k{22} '.' k{43}", 3.0),
    ("npm-token", "NPM_TOKEN", "npm_", "n{36}", 2.5),
    ("pypi-token", "PYPI_TOKEN", "pypi-AgEIcHlwaS5vcmc", "k{50,1000}", 3.0),
    ("huggingface-token", "HUGGINGFACE_TOKEN", "hf_ api_org_", "a{34}", 2.5),
    ("digitalocean-token", "DIGITALOCEAN_TOKEN", "dop_v1_ doo_v1_ dor_v1_", "h{64}", 2.5),
    ("databricks-token", "DATABRICKS_TOKEN", "dapi", "h{32}", 2.5),
    ("groq-key", "GROQ_KEY", "gsk_", "n{52}", 3.0),
];

pub(super) fn rules() -> Vec<Rule> {
    TOKENS.iter().map(|line| token(*line)).collect()
}

fn token((name, label, anchors, pattern, bits): Line) -> Rule {
    Rule {
        name: Cow::Borrowed(name),
        kind: Kind::Secret,
        label: Cow::Borrowed(label),
        scope: Scope::Default,
        trigger: Trigger::Prefix(Cow::Borrowed(anchors)),
        shape: Shape::Pattern(Cow::Borrowed(pattern)),
        check: Check::Random(bits),
        source: Cow::Borrowed("documentation of the issuer"),
    }
}

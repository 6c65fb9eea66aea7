//! Secrets known by their structure rather than by their issuer.

use super::super::detect::{discord, http, jwt, kubernetes, pem, url};
use super::super::rule::Kind;
use super::{Line, detector, inside, inside_any_case, prefix, prefix_any_case, word};

pub(super) const RULES: &[Line] = &[
    detector("private-key", Kind::Secret, "PRIVATE_KEY", inside("-----BEGIN␣"), pem::find, "RFC 7468"),
    detector("jwt", Kind::Secret, "JWT", word("eyJ ewogIC ewo"), jwt::find, "RFC 7519"),
    detector(
        "discord-token",
        Kind::Secret,
        "DISCORD_TOKEN",
        word("MD MT Mj Mz ND NT Nj Nz OD OT"),
        discord::token,
        "discord.com",
    ),
    detector("basic-auth", Kind::Secret, "AUTHORIZATION", prefix_any_case("basic␣"), http::basic, "RFC 7617"),
    detector(
        "bearer-auth",
        Kind::Secret,
        "AUTHORIZATION",
        prefix_any_case("bearer␣ apikey␣"),
        http::bearer,
        "RFC 6750",
    ),
    detector("user-option", Kind::Secret, "PASSWORD", prefix("-u␣ --user␣ --user="), http::user_option, "curl.se"),
    detector(
        "kubernetes-secret",
        Kind::Secret,
        "KUBERNETES_SECRET",
        inside_any_case("data:"),
        kubernetes::secret,
        "kubernetes.io",
    ),
    detector("url-password", Kind::Secret, "PASSWORD", inside("://"), url::password, "RFC 3986, 3.2.1"),
];

//! What the operator sets: variables and secrets of the worker, read once per request.

use threadkeep_core::thread::MAX_THREAD_MESSAGES;
use worker::Env;

/// The worker's configuration; credentials are in [`crate::auth`].
#[derive(Clone)]
pub(crate) struct Config {
    pub(crate) executor: ExecutorConfig,
    pub(crate) usage_hook: Option<UsageHook>,
    /// Origins that may call from a browser page of another site; none by default.
    pub(crate) cors_origins: Vec<String>,
    pub(crate) max_thread_messages: usize,
    /// What is masked, as `createMasker` of the npm package takes it, in JSON.
    pub(crate) masker: Option<String>,
    /// Whether the local demo may sign tokens for any name.
    pub(crate) demo_tokens: bool,
}

#[derive(Clone)]
pub(crate) enum ExecutorConfig {
    Demo { delay_ms: u64 },
    Openai(OpenaiConfig),
    Events(EventsConfig),
}

#[derive(Clone)]
pub(crate) struct OpenaiConfig {
    pub(crate) base_url: String,
    pub(crate) api_key: Option<String>,
    pub(crate) model: String,
    /// Other models that a client may ask for.
    pub(crate) models: Vec<String>,
    pub(crate) system_prompt: Option<String>,
}

#[derive(Clone)]
pub(crate) struct EventsConfig {
    pub(crate) url: String,
    pub(crate) token: Option<String>,
}

#[derive(Clone)]
pub(crate) struct UsageHook {
    pub(crate) url: String,
    pub(crate) token: Option<String>,
}

/// A variable that is missing or has no such value; the operator's fault, named in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ConfigError(pub(crate) &'static str);

/// Largest `MAX_THREAD_MESSAGES`: storage has a million places for the messages of a thread, and nobody loads so many.
const MOST_THREAD_MESSAGES: usize = 100_000;

/// Pause between the demo's deltas, in milliseconds: about the pace of a model.
const DEMO_DELAY_MS: u64 = 20;

impl Config {
    /// Reads the configuration.
    ///
    /// # Errors
    /// [`ConfigError`] with the name of the variable that is missing or wrong.
    pub(crate) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        Self::from_values(|name| env.var(name).ok().map(|value| value.to_string()))
    }

    fn from_values(value: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let value = |name: &str| value(name).filter(|text| !text.is_empty());
        let needed = |name: &'static str| value(name).ok_or(ConfigError(name));
        let executor = match value("EXECUTOR").as_deref() {
            None | Some("demo") => {
                ExecutorConfig::Demo { delay_ms: number(value("DEMO_DELAY_MS"), "DEMO_DELAY_MS", DEMO_DELAY_MS)? }
            }
            Some("openai") => ExecutorConfig::Openai(OpenaiConfig {
                base_url: needed("OPENAI_BASE_URL")?.trim_end_matches('/').to_owned(),
                api_key: value("OPENAI_API_KEY"),
                model: needed("OPENAI_MODEL")?,
                models: list(value("OPENAI_MODELS")),
                system_prompt: value("SYSTEM_PROMPT"),
            }),
            Some("events") => {
                ExecutorConfig::Events(EventsConfig { url: needed("EVENTS_URL")?, token: value("EVENTS_TOKEN") })
            }
            Some(_) => return Err(ConfigError("EXECUTOR")),
        };
        let max_thread_messages = number(value("MAX_THREAD_MESSAGES"), "MAX_THREAD_MESSAGES", MAX_THREAD_MESSAGES)?;
        if max_thread_messages > MOST_THREAD_MESSAGES {
            return Err(ConfigError("MAX_THREAD_MESSAGES"));
        }
        Ok(Self {
            executor,
            usage_hook: value("USAGE_HOOK_URL").map(|url| UsageHook { url, token: value("USAGE_HOOK_TOKEN") }),
            cors_origins: list(value("CORS_ORIGINS")),
            max_thread_messages,
            masker: value("MASKER"),
            demo_tokens: value("DEMO_TOKENS").as_deref() == Some("enabled"),
        })
    }

    /// Whether a client may ask for this model. Only the chat-completions executor pays for it by the name.
    pub(crate) fn offers_model(&self, model: &str) -> bool {
        match &self.executor {
            ExecutorConfig::Openai(openai) => openai.model == model || openai.models.iter().any(|other| other == model),
            ExecutorConfig::Demo { .. } | ExecutorConfig::Events(_) => true,
        }
    }
}

fn number<T: std::str::FromStr>(text: Option<String>, name: &'static str, default: T) -> Result<T, ConfigError> {
    text.map_or(Ok(default), |text| text.parse().map_err(|_| ConfigError(name)))
}

fn list(text: Option<String>) -> Vec<String> {
    let text = text.unwrap_or_default();
    text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::from_values(|name| values.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn nothing_set_is_the_demo_closed_to_other_sites() {
        let config = read(&[]).ok().unwrap();
        assert!(matches!(config.executor, ExecutorConfig::Demo { delay_ms: DEMO_DELAY_MS }));
        assert!(config.cors_origins.is_empty() && !config.demo_tokens && config.usage_hook.is_none());
        assert_eq!(config.max_thread_messages, MAX_THREAD_MESSAGES);
    }

    #[test]
    fn a_missing_or_wrong_variable_is_named() {
        assert_eq!(read(&[("EXECUTOR", "magic")]).err(), Some(ConfigError("EXECUTOR")));
        assert_eq!(read(&[("EXECUTOR", "events")]).err(), Some(ConfigError("EVENTS_URL")));
        for wrong in ["many", "100001"] {
            assert_eq!(read(&[("MAX_THREAD_MESSAGES", wrong)]).err(), Some(ConfigError("MAX_THREAD_MESSAGES")));
        }
    }

    #[test]
    fn only_offered_models_may_be_asked_for() {
        let values = [
            ("EXECUTOR", "openai"),
            ("OPENAI_BASE_URL", "http://x/v1/"),
            ("OPENAI_MODEL", "small"),
            ("OPENAI_MODELS", "large, huge"),
        ];
        let config = read(&values).ok().unwrap();
        assert!(config.offers_model("small") && config.offers_model("huge") && !config.offers_model("other"));
    }
}

//! Every setting of the product, read from environment variables in groups; each Lambda reads the groups it needs.

mod forms;
mod reader;

use std::collections::{BTreeMap, BTreeSet};

pub use reader::{EnvReader, SettingsError};

const TABLE: &str = "a DynamoDB table name";
const TOPIC: &str = "a Kafka topic name";
const ORIGIN: &str = "an origin such as https://api.example.com, without a path";

/// Names of the tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TablesSettings {
    /// `TICKETS_TABLE`
    pub tickets: String,
    /// `CUSTOMERS_TABLE`
    pub customers: String,
    /// `LEDGER_TABLE`
    pub ledger: String,
    /// `TIMELINE_TABLE`
    pub timeline: String,
}

/// Where events go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KafkaSettings {
    /// `KAFKA_BOOTSTRAP`: `host:port`, several separated by commas.
    pub bootstrap: String,
    /// `KAFKA_AUTH`
    pub auth: KafkaAuth,
    /// `KAFKA_CA_FILE`: who may have signed the brokers' certificates, a PEM file; the system's roots unless set.
    pub ca_file: Option<String>,
    /// `KAFKA_TICKETS_TOPIC`
    pub tickets_topic: String,
    /// `KAFKA_MESSAGES_TOPIC`
    pub messages_topic: String,
}

/// Which way events go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventsSettings {
    /// To Kafka.
    Kafka(KafkaSettings),
    /// Into an archive in the bucket, for desks without Kafka.
    Archive,
}

/// How we prove ourselves to the brokers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KafkaAuth {
    /// MSK with IAM over TLS.
    Iam,
    /// Plain text, for the local stack.
    #[default]
    None,
}

/// The user pool agents sign in to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CognitoSettings {
    /// `COGNITO_ISSUER`: the `iss` of its tokens.
    pub issuer: String,
    /// `COGNITO_JWKS_URL`: where its public keys are.
    pub jwks_url: String,
    /// `COGNITO_CLIENT_ID`: the app client whose tokens are taken.
    pub client_id: String,
    /// `COGNITO_USER_POOL_ID`
    pub user_pool_id: String,
}

/// Rules an operator may set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicySettings {
    /// `REOPEN_WINDOW_HOURS`, default 72; 0 = a resolved ticket is never reopened by a message.
    pub reopen_window_hours: u32,
    /// `AUTO_CLOSE_DAYS`, default 7: a resolved ticket closes itself after so many days.
    pub auto_close_days: u32,
}

/// How mail leaves and comes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailSettings {
    /// `MAIL_FROM`: the address mail is sent from.
    pub from: String,
    /// `MAIL_REPLY_DOMAIN`: every address at this domain is ours.
    pub reply_domain: String,
}

/// Origins (scheme, host, perhaps port) of the providers; the real ones unless set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderSettings {
    /// `WHATSAPP_API_URL`, default `https://graph.facebook.com`
    pub whatsapp_api_url: String,
    /// `SENDGRID_API_URL`, default `https://api.sendgrid.com`
    pub sendgrid_api_url: String,
    /// `FACEBOOK_API_URL`, default `https://graph.facebook.com`
    pub facebook_api_url: String,
    /// `INSTAGRAM_API_URL`, default `https://graph.instagram.com`
    pub instagram_api_url: String,
    /// `TWITTER_API_URL`, default `https://api.x.com`
    pub twitter_api_url: String,
    /// `GRAPH_API_VERSION`, default `v26.0`
    pub graph_api_version: String,
}

impl EnvReader {
    /// The four tables.
    pub fn tables(&mut self) -> TablesSettings {
        TablesSettings {
            tickets: self.table("TICKETS_TABLE"),
            customers: self.table("CUSTOMERS_TABLE"),
            ledger: self.table("LEDGER_TABLE"),
            timeline: self.table("TIMELINE_TABLE"),
        }
    }

    /// `BLOBS_BUCKET`: the S3 bucket for attachments, long content and parked bodies.
    pub fn blobs_bucket(&mut self) -> String {
        self.required("BLOBS_BUCKET", "an S3 bucket name", |value| {
            forms::name(value, 63, "")
        })
    }

    /// Where events go: to the brokers and topics, or, where `KAFKA_BOOTSTRAP` is set but empty, into the archive.
    pub fn events(&mut self) -> EventsSettings {
        if self.is_empty("KAFKA_BOOTSTRAP") {
            EventsSettings::Archive
        } else {
            EventsSettings::Kafka(self.kafka())
        }
    }

    fn kafka(&mut self) -> KafkaSettings {
        KafkaSettings {
            bootstrap: self.required(
                "KAFKA_BOOTSTRAP",
                "host:port, several separated by commas",
                forms::brokers,
            ),
            auth: self.required("KAFKA_AUTH", "iam or none", |value| match value {
                "iam" => Some(KafkaAuth::Iam),
                "none" => Some(KafkaAuth::None),
                _ => None,
            }),
            ca_file: self.optional("KAFKA_CA_FILE", "an absolute path", None, |value| {
                value.starts_with('/').then(|| Some(value.to_owned()))
            }),
            tickets_topic: self.topic("KAFKA_TICKETS_TOPIC"),
            messages_topic: self.topic("KAFKA_MESSAGES_TOPIC"),
        }
    }

    /// The user pool.
    pub fn cognito(&mut self) -> CognitoSettings {
        CognitoSettings {
            issuer: self.required("COGNITO_ISSUER", "the user pool's issuer URL", forms::url),
            jwks_url: self.required(
                "COGNITO_JWKS_URL",
                "an https URL (http on loopback only)",
                forms::trusted_url,
            ),
            client_id: self.required("COGNITO_CLIENT_ID", "an app client id", |value| {
                forms::name(value, 128, "+")
            }),
            user_pool_id: self.required("COGNITO_USER_POOL_ID", "a user pool id", |value| {
                forms::name(value, 55, "")
            }),
        }
    }

    /// `SECRETS_PREFIX`: what stands before `/<platform>` in the names of the secrets.
    pub fn secrets_prefix(&mut self) -> String {
        self.required("SECRETS_PREFIX", "a name such as tributary", |value| {
            forms::name(value.trim_end_matches('/'), 200, "/+=@")
        })
    }

    /// The rules an operator may set.
    pub fn policy(&mut self) -> PolicySettings {
        PolicySettings {
            reopen_window_hours: self.number("REOPEN_WINDOW_HOURS", "a whole number of hours", 72),
            auto_close_days: self.number("AUTO_CLOSE_DAYS", "a whole number of days", 7),
        }
    }

    /// `ALLOWED_ORIGINS`: who may call from a browser, separated by commas; set but empty = nobody.
    pub fn allowed_origins(&mut self) -> Vec<String> {
        self.required(
            "ALLOWED_ORIGINS",
            "origins such as https://desk.example.com, separated by commas",
            forms::origins,
        )
    }

    /// How mail leaves and comes back.
    pub fn mail(&mut self) -> MailSettings {
        MailSettings {
            from: self.required("MAIL_FROM", "a mail address", forms::address),
            reply_domain: self.required("MAIL_REPLY_DOMAIN", "a domain", forms::domain),
        }
    }

    /// `GREETINGS`: what who opens a ticket is told at once, as a JSON object of texts by channel; empty or absent =
    /// nobody is told anything.
    pub fn greetings(&mut self) -> BTreeMap<String, String> {
        self.optional(
            "GREETINGS",
            "a JSON object of texts of up to 1,000 characters by channel, such as {\"whatsapp\":\"Thanks, we answer soon.\"}",
            BTreeMap::new(),
            forms::greetings,
        )
    }

    /// `SEEN_RECEIPTS`: the channels on which customers are shown that their messages were seen when an agent answers,
    /// separated by commas; empty or absent = none.
    pub fn seen_receipts(&mut self) -> BTreeSet<String> {
        self.optional(
            "SEEN_RECEIPTS",
            "channels separated by commas, of facebook and whatsapp",
            BTreeSet::new(),
            forms::seen_receipts,
        )
    }

    /// `TYPING_INDICATORS`: the channels on which customers are shown that an agent types, separated by commas; empty or
    /// absent = none.
    pub fn typing_indicators(&mut self) -> BTreeSet<String> {
        self.optional(
            "TYPING_INDICATORS",
            "channels separated by commas, of facebook, instagram and whatsapp",
            BTreeSet::new(),
            forms::typing_indicators,
        )
    }

    /// `WAKE_QUEUE_URL`: the queue whose messages wake the relay; without one it is woken every minute.
    pub fn wake_queue_url(&mut self) -> Option<String> {
        self.optional("WAKE_QUEUE_URL", "an https URL of a queue", None, |value| {
            forms::trusted_url(value).map(Some)
        })
    }

    /// Where the providers are.
    pub fn providers(&mut self) -> ProviderSettings {
        ProviderSettings {
            whatsapp_api_url: self.provider("WHATSAPP_API_URL", "https://graph.facebook.com"),
            sendgrid_api_url: self.provider("SENDGRID_API_URL", "https://api.sendgrid.com"),
            facebook_api_url: self.provider("FACEBOOK_API_URL", "https://graph.facebook.com"),
            instagram_api_url: self.provider("INSTAGRAM_API_URL", "https://graph.instagram.com"),
            twitter_api_url: self.provider("TWITTER_API_URL", "https://api.x.com"),
            graph_api_version: self.optional(
                "GRAPH_API_VERSION",
                "a version such as v26.0",
                "v26.0".to_owned(),
                forms::graph_version,
            ),
        }
    }

    fn table(&mut self, name: &'static str) -> String {
        self.required(name, TABLE, |value| {
            forms::name(value, 255, "").filter(|value| value.len() >= 3)
        })
    }

    fn topic(&mut self, name: &'static str) -> String {
        self.required(name, TOPIC, |value| forms::name(value, 249, ""))
    }

    fn number(&mut self, name: &'static str, expected: &'static str, default: u32) -> u32 {
        self.optional(name, expected, default, |value| value.parse().ok())
    }

    fn provider(&mut self, name: &'static str, real: &str) -> String {
        self.optional(name, ORIGIN, real.to_owned(), forms::origin)
    }
}

#[cfg(test)]
mod tests;

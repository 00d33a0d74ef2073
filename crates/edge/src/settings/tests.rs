//! What a good environment reads as, and what a bad one is told.

use super::*;

const GOOD: &[(&str, &str)] = &[
    ("TICKETS_TABLE", "tickets-prod"),
    ("CUSTOMERS_TABLE", "customers-prod"),
    ("LEDGER_TABLE", "ledger-prod"),
    ("TIMELINE_TABLE", "timeline-prod"),
    ("BLOBS_BUCKET", "tributary-blobs"),
    (
        "KAFKA_BOOTSTRAP",
        "b-1.example.com:9098,b-2.example.com:9098",
    ),
    ("KAFKA_AUTH", "iam"),
    ("KAFKA_TICKETS_TOPIC", "support-tickets"),
    ("KAFKA_MESSAGES_TOPIC", "support-messages"),
    (
        "COGNITO_ISSUER",
        "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_x",
    ),
    (
        "COGNITO_JWKS_URL",
        "http://127.0.0.1:4566/us-east-1_x/.well-known/jwks.json",
    ),
    ("COGNITO_CLIENT_ID", "abc123"),
    ("COGNITO_USER_POOL_ID", "us-east-1_x"),
    ("SECRETS_PREFIX", "tributary/"),
    (
        "ALLOWED_ORIGINS",
        "https://desk.example.com, http://localhost:5173",
    ),
    ("MAIL_FROM", "support@example.com"),
    ("MAIL_REPLY_DOMAIN", "Reply.example.com"),
];

type All = (
    TablesSettings,
    String,
    EventsSettings,
    CognitoSettings,
    String,
    (PolicySettings, Vec<String>, MailSettings, ProviderSettings),
);

fn read(changes: &[(&str, Option<&str>)]) -> Result<All, SettingsError> {
    let mut vars: std::collections::HashMap<String, String> = GOOD
        .iter()
        .map(|&(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    for &(name, value) in changes {
        match value {
            Some(value) => vars.insert(name.to_owned(), value.to_owned()),
            None => vars.remove(name),
        };
    }
    EnvReader::new(vars).read(|env| {
        let rest = |env: &mut EnvReader| {
            (
                env.policy(),
                env.allowed_origins(),
                env.mail(),
                env.providers(),
            )
        };
        (
            env.tables(),
            env.blobs_bucket(),
            env.events(),
            env.cognito(),
            env.secrets_prefix(),
            rest(env),
        )
    })
}

#[test]
fn a_full_environment_reads_with_the_stated_defaults() {
    let (tables, bucket, kafka, cognito, prefix, (policy, origins, mail, providers)) =
        read(&[]).expect("usable");
    assert_eq!(tables.ledger, "ledger-prod");
    assert_eq!(bucket, "tributary-blobs");
    let EventsSettings::Kafka(kafka) = kafka else {
        panic!("brokers are named");
    };
    assert_eq!(kafka.auth, KafkaAuth::Iam);
    assert_eq!(cognito.client_id, "abc123");
    assert_eq!(prefix, "tributary");
    assert_eq!(
        policy,
        PolicySettings {
            reopen_window_hours: 72,
            auto_close_days: 7
        }
    );
    assert_eq!(
        origins,
        ["https://desk.example.com", "http://localhost:5173"]
    );
    assert_eq!(mail.reply_domain, "reply.example.com");
    assert_eq!(providers.whatsapp_api_url, "https://graph.facebook.com");
    assert_eq!(providers.graph_api_version, "v26.0");
}

#[test]
fn every_fault_is_reported_at_once_by_name_and_never_by_value() {
    let error = read(&[
        ("TICKETS_TABLE", None),
        ("KAFKA_AUTH", Some("password=hunter2")),
        ("REOPEN_WINDOW_HOURS", Some("-1")),
        ("MAIL_FROM", Some("hunter2")),
    ])
    .expect_err("four faults")
    .to_string();
    assert_eq!(
        error,
        "settings are not usable: KAFKA_AUTH is malformed, expected iam or none; \
         MAIL_FROM is malformed, expected a mail address; \
         REOPEN_WINDOW_HOURS is malformed, expected a whole number of hours; \
         TICKETS_TABLE is missing, expected a DynamoDB table name"
    );
}

#[test]
fn each_malformed_value_is_named() {
    let cases = [
        ("TICKETS_TABLE", ""),
        ("TICKETS_TABLE", "a b c"),
        ("TICKETS_TABLE", "ab"),
        ("BLOBS_BUCKET", "a/b"),
        ("KAFKA_BOOTSTRAP", "broker"),
        ("KAFKA_BOOTSTRAP", "broker:0"),
        ("KAFKA_BOOTSTRAP", "broker:9092,"),
        ("KAFKA_CA_FILE", "roots.pem"),
        ("KAFKA_TICKETS_TOPIC", "a topic"),
        ("COGNITO_ISSUER", "cognito"),
        ("COGNITO_JWKS_URL", "http://example.com/jwks.json"),
        ("COGNITO_CLIENT_ID", ""),
        ("SECRETS_PREFIX", "/"),
        ("ALLOWED_ORIGINS", "*"),
        ("ALLOWED_ORIGINS", "https://desk.example.com/app"),
        ("MAIL_FROM", "Desk <support@example.com>"),
        ("MAIL_REPLY_DOMAIN", "a@b"),
        ("WHATSAPP_API_URL", "https://graph.facebook.com/v26.0"),
        ("WHATSAPP_API_URL", "ftp://graph.facebook.com"),
        ("SENDGRID_API_URL", "https://key@api.sendgrid.com"),
        ("GRAPH_API_VERSION", "26"),
        ("AUTO_CLOSE_DAYS", "seven"),
    ];
    for (name, value) in cases {
        let error = read(&[(name, Some(value))]).expect_err(name).to_string();
        assert!(error.contains(&format!("{name} is malformed")), "{error}");
    }
}

#[test]
fn set_values_replace_the_defaults() {
    let (.., (policy, origins, _, providers)) = read(&[
        ("REOPEN_WINDOW_HOURS", Some("0")),
        ("AUTO_CLOSE_DAYS", Some("30")),
        ("ALLOWED_ORIGINS", Some("")),
        ("WHATSAPP_API_URL", Some("http://127.0.0.1:9000/")),
        ("SENDGRID_API_URL", Some("")),
    ])
    .expect("usable");
    assert_eq!(
        policy,
        PolicySettings {
            reopen_window_hours: 0,
            auto_close_days: 30
        }
    );
    assert_eq!(origins, Vec::<String>::new());
    assert_eq!(providers.whatsapp_api_url, "http://127.0.0.1:9000");
    assert_eq!(providers.sendgrid_api_url, "https://api.sendgrid.com");
}

#[test]
fn only_the_groups_that_are_read_are_required() {
    let none = std::iter::empty();
    assert!(EnvReader::new(none).read(EnvReader::policy).is_ok());
}

#[test]
fn seen_receipts_are_off_unless_they_are_asked_for_where_there_are_any() {
    let read = |value: Option<&str>| {
        let vars = value.map(|value| ("SEEN_RECEIPTS".to_owned(), value.to_owned()));
        EnvReader::new(vars).read(EnvReader::seen_receipts)
    };
    for none in [None, Some("")] {
        assert_eq!(read(none).map(|found| found.len()), Ok(0));
    }
    let both = read(Some("whatsapp, facebook")).expect("usable");
    assert_eq!(
        both.into_iter().collect::<Vec<_>>(),
        ["facebook", "whatsapp"]
    );
    for bad in ["instagram", "email", "whatsapp,", "all"] {
        let error = read(Some(bad)).expect_err(bad).to_string();
        assert!(error.contains("SEEN_RECEIPTS is malformed"), "{error}");
    }
}

#[test]
fn typing_is_shown_nowhere_unless_it_is_asked_for_where_it_can_be() {
    let read = |value: Option<&str>| {
        let vars = value.map(|value| ("TYPING_INDICATORS".to_owned(), value.to_owned()));
        EnvReader::new(vars).read(EnvReader::typing_indicators)
    };
    for none in [None, Some("")] {
        assert_eq!(read(none).map(|found| found.len()), Ok(0));
    }
    let all = read(Some("whatsapp, facebook,instagram")).expect("usable");
    assert_eq!(
        all.into_iter().collect::<Vec<_>>(),
        ["facebook", "instagram", "whatsapp"]
    );
    for bad in ["twitter", "email", "web_chat", "whatsapp,", "all"] {
        let error = read(Some(bad)).expect_err(bad).to_string();
        assert!(error.contains("TYPING_INDICATORS is malformed"), "{error}");
    }
}

#[test]
fn no_brokers_on_purpose_mean_the_archive_and_no_word_of_brokers_is_a_fault() {
    let (_, _, events, ..) = read(&[("KAFKA_BOOTSTRAP", Some(""))]).expect("usable");
    assert_eq!(events, EventsSettings::Archive);
    let error = read(&[("KAFKA_BOOTSTRAP", None)]).expect_err("a fault");
    assert!(
        error.to_string().contains("KAFKA_BOOTSTRAP is missing"),
        "{error}"
    );
}

//! Measures how long each function takes from its start to its first poll of the Runtime API, beside the least that a
//! function can be. `make bench-coldstart` builds them all alike and runs this.
//!
//! Usage: `tributary-coldstart DIRECTORY`, which holds `<name>/bootstrap` of each function and of `hello`.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

const FUNCTIONS: [&str; 7] = [
    "hello",
    "webhooks",
    "mail",
    "mail-authorizer",
    "tickets",
    "chatbot-status",
    "relay",
];
/// Starts of each; the middle one counts.
const STARTS: usize = 21;
/// What each may take, as a multiple of `hello`.
const MOST: f64 = 3.0;
const PATIENCE: Duration = Duration::from_secs(10);

/// What the template sets. Nothing answers there: a start asks nobody.
const ENVIRONMENT: [(&str, &str); 28] = [
    ("AWS_LAMBDA_FUNCTION_NAME", "coldstart"),
    ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
    ("AWS_LAMBDA_LOG_GROUP_NAME", "/coldstart"),
    ("AWS_LAMBDA_LOG_STREAM_NAME", "1"),
    ("AWS_REGION", "us-east-1"),
    ("AWS_ACCESS_KEY_ID", "none"),
    ("AWS_SECRET_ACCESS_KEY", "none"),
    ("AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1:2000"),
    ("METRICS_NAMESPACE", "coldstart"),
    ("TICKETS_TABLE", "tickets"),
    ("CUSTOMERS_TABLE", "customers"),
    ("LEDGER_TABLE", "ledger"),
    ("TIMELINE_TABLE", "timeline"),
    ("BLOBS_BUCKET", "blobs"),
    ("SECRETS_PREFIX", "tributary"),
    (
        "COGNITO_ISSUER",
        "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_x",
    ),
    (
        "COGNITO_JWKS_URL",
        "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_x/.well-known/jwks.json",
    ),
    ("COGNITO_CLIENT_ID", "client"),
    ("COGNITO_USER_POOL_ID", "us-east-1_x"),
    ("ALLOWED_ORIGINS", "https://desk.example.com"),
    ("MAIL_FROM", "support@example.com"),
    ("MAIL_REPLY_DOMAIN", "reply.example.com"),
    ("KAFKA_BOOTSTRAP", "127.0.0.1:9"),
    ("KAFKA_AUTH", "iam"),
    ("KAFKA_TICKETS_TOPIC", "support-tickets"),
    ("KAFKA_MESSAGES_TOPIC", "support-messages"),
    (
        "WAKE_QUEUE_URL",
        "https://sqs.us-east-1.amazonaws.com/0/wakes",
    ),
];

fn main() -> Result<()> {
    let directory = std::env::args()
        .nth(1)
        .context("where are the functions?")?;
    let directory = Path::new(&directory);
    println!(
        "{:<16} {:>9} {:>9} {:>9} {:>7}",
        "function", "median ms", "least ms", "most ms", "×hello"
    );
    // In turns, so that what else the machine does meets all alike.
    let mut all = FUNCTIONS.map(|_| Vec::with_capacity(STARTS));
    for _ in 0..STARTS {
        for (function, times) in FUNCTIONS.iter().zip(&mut all) {
            times.push(start(&directory.join(function).join("bootstrap"))?);
        }
    }
    let mut hello = None;
    let mut slow = Vec::new();
    for (function, mut times) in FUNCTIONS.iter().zip(all) {
        times.sort();
        let millis = |time: Duration| time.as_secs_f64() * 1000.0;
        let median = millis(times[STARTS / 2]);
        let share = median / *hello.get_or_insert(median);
        println!(
            "{function:<16} {median:>9.2} {:>9.2} {:>9.2} {share:>7.2}",
            millis(times[0]),
            millis(times[STARTS - 1])
        );
        if share > MOST {
            slow.push(*function);
        }
    }
    ensure!(
        slow.is_empty(),
        "more than {MOST} times as long as the least: {}",
        slow.join(", ")
    );
    Ok(())
}

/// From the start of a process to its first poll.
fn start(bootstrap: &Path) -> Result<Duration> {
    let runtime_api = TcpListener::bind(("127.0.0.1", 0))?;
    let begun = Instant::now();
    let mut process = Command::new(bootstrap)
        .env_clear()
        .envs(ENVIRONMENT)
        .env(
            "AWS_LAMBDA_RUNTIME_API",
            runtime_api.local_addr()?.to_string(),
        )
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", bootstrap.display()))?;
    // In a thread that sleeps until then: one that looked again and again would take a core from the process.
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || tell.send(first_poll(&runtime_api).map(|()| begun.elapsed())));
    let polled = told.recv_timeout(PATIENCE);
    process.kill()?;
    let output = process.wait_with_output()?;
    let said = || String::from_utf8_lossy(&output.stderr).into_owned();
    polled
        .context("it does not poll")
        .flatten()
        .with_context(said)
}

fn first_poll(runtime_api: &TcpListener) -> Result<()> {
    let (connection, _) = runtime_api.accept()?;
    let mut line = String::new();
    BufReader::new(connection).read_line(&mut line)?;
    ensure!(line.contains("/invocation/next"), "it asked for {line}");
    Ok(())
}

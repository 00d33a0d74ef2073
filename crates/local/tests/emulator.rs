//! The emulator with what the stack puts into it, through kills and restarts. Needs `make setup`.
#![allow(clippy::unwrap_used, reason = "a test may end here")]
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use aws_sdk_cognitoidentityprovider::types::AuthFlowType;
use tributary_local::emulator::{Emulator, sdk_config};
use tributary_local::seed::{
    AGENT_EMAIL, AGENT_PASSWORD, SUPERVISOR_EMAIL, SUPERVISOR_PASSWORD, Seeded, seed,
};

const BUCKET: &str = "tributary-blobs";
const DIRECTORY: &str = "TRIBUTARY_TEST_DIRECTORY";

fn venv() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.tools/venv")
}

async fn start(dir: &Path) -> Emulator {
    Emulator::start(dir, &venv()).await.unwrap()
}

/// The process id that the emulator recorded, for killing it as nobody should.
fn pid(dir: &Path) -> String {
    let record = std::fs::read(dir.join("emulator/process.json")).unwrap();
    let record: serde_json::Value = serde_json::from_slice(&record).unwrap();
    record["pid"].to_string()
}

fn kill(dir: &Path) {
    assert!(
        Command::new("kill")
            .args(["-KILL", &pid(dir)])
            .status()
            .unwrap()
            .success()
    );
}

fn cognito(emulator: &Emulator) -> aws_sdk_cognitoidentityprovider::Client {
    aws_sdk_cognitoidentityprovider::Client::new(&sdk_config(emulator.url()))
}

fn secrets(emulator: &Emulator) -> aws_sdk_secretsmanager::Client {
    aws_sdk_secretsmanager::Client::new(&sdk_config(emulator.url()))
}

fn s3(emulator: &Emulator) -> aws_sdk_s3::Client {
    let config = sdk_config(emulator.url());
    let config = aws_sdk_s3::config::Builder::from(&config).force_path_style(true);
    aws_sdk_s3::Client::from_conf(config.build())
}

/// The refresh token and the claims of the access token.
async fn sign_in(
    emulator: &Emulator,
    seeded: &Seeded,
    email: &str,
    password: &str,
) -> Option<(String, serde_json::Value)> {
    let answer = cognito(emulator)
        .initiate_auth()
        .auth_flow(AuthFlowType::UserPasswordAuth)
        .client_id(&seeded.client_id)
        .auth_parameters("USERNAME", email)
        .auth_parameters("PASSWORD", password)
        .send()
        .await
        .ok()?;
    let tokens = answer.authentication_result?;
    Some((tokens.refresh_token?, claims(&tokens.access_token?)))
}

fn claims(token: &str) -> serde_json::Value {
    use base64::Engine as _;
    let payload = token.split('.').nth(1).unwrap();
    let payload = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(payload)
        .unwrap();
    serde_json::from_slice(&payload).unwrap()
}

#[tokio::test]
async fn the_seeded_people_sign_in_into_their_groups_and_a_wrong_password_does_not() {
    let dir = tempfile::tempdir().unwrap();
    let emulator = start(dir.path()).await;
    let seeded = seed(&sdk_config(emulator.url()), BUCKET).await.unwrap();

    let (_, agent) = sign_in(&emulator, &seeded, AGENT_EMAIL, AGENT_PASSWORD)
        .await
        .unwrap();
    assert_eq!(agent["sub"], seeded.agent_id.as_str());
    assert_eq!(agent["cognito:groups"], serde_json::json!(["Agents"]));
    assert_eq!(agent["token_use"], "access");
    assert_eq!(agent["client_id"], seeded.client_id.as_str());
    assert_eq!(
        agent["iss"],
        tributary_local::emulator::issuer(&seeded.user_pool_id)
    );
    let (_, supervisor) = sign_in(&emulator, &seeded, SUPERVISOR_EMAIL, SUPERVISOR_PASSWORD)
        .await
        .unwrap();
    assert_eq!(supervisor["sub"], seeded.supervisor_id.as_str());
    assert_eq!(
        supervisor["cognito:groups"],
        serde_json::json!(["Supervisors"])
    );
    assert!(
        sign_in(&emulator, &seeded, AGENT_EMAIL, "Agent-pass-2")
            .await
            .is_none()
    );

    let jwks = reqwest::get(emulator.jwks_url(&seeded.user_pool_id))
        .await
        .unwrap();
    let jwks: serde_json::Value = jwks.json().await.unwrap();
    assert!(!jwks["keys"].as_array().unwrap().is_empty());
    emulator.stop().await;
}

#[tokio::test]
async fn a_killed_emulator_loses_nothing_that_it_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let emulator = start(dir.path()).await;
    let seeded = seed(&sdk_config(emulator.url()), BUCKET).await.unwrap();
    cognito(&emulator)
        .admin_set_user_password()
        .user_pool_id(&seeded.user_pool_id)
        .username(SUPERVISOR_EMAIL)
        .password("Chosen-by-me-1")
        .permanent(true)
        .send()
        .await
        .unwrap();
    let put = secrets(&emulator)
        .put_secret_value()
        .secret_id("tributary/whatsapp");
    put.secret_string("{\"mine\":true}").send().await.unwrap();
    let object = s3(&emulator).put_object().bucket(BUCKET).key("a/b.txt");
    object.body(b"kept".to_vec().into()).send().await.unwrap();
    let (refresh_token, before) = sign_in(&emulator, &seeded, AGENT_EMAIL, AGENT_PASSWORD)
        .await
        .unwrap();
    kill(dir.path());

    let emulator = start(dir.path()).await;
    assert_eq!(
        seed(&sdk_config(emulator.url()), BUCKET).await.unwrap(),
        seeded,
        "the ids stay"
    );
    let (_, after) = sign_in(&emulator, &seeded, AGENT_EMAIL, AGENT_PASSWORD)
        .await
        .unwrap();
    assert_eq!(after["sub"], before["sub"]);
    let chosen = sign_in(&emulator, &seeded, SUPERVISOR_EMAIL, "Chosen-by-me-1").await;
    assert!(chosen.is_some(), "a password that somebody chose stays");
    let refreshed = cognito(&emulator)
        .get_tokens_from_refresh_token()
        .client_id(&seeded.client_id)
        .refresh_token(refresh_token)
        .send()
        .await;
    assert!(refreshed.is_ok(), "people stay signed in: {refreshed:?}");
    let secret = secrets(&emulator)
        .get_secret_value()
        .secret_id("tributary/whatsapp");
    let secret = secret.send().await.unwrap();
    assert_eq!(secret.secret_string(), Some("{\"mine\":true}"));
    let object = s3(&emulator)
        .get_object()
        .bucket(BUCKET)
        .key("a/b.txt")
        .send()
        .await
        .unwrap();
    assert_eq!(object.body.collect().await.unwrap().to_vec(), b"kept");
    emulator.stop().await;
}

#[tokio::test]
async fn an_emulator_that_an_earlier_run_left_is_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let left = start(dir.path()).await;
    let left_pid = pid(dir.path());
    let next = start(dir.path()).await;
    assert_ne!(pid(dir.path()), left_pid);
    assert!(
        reqwest::get(format!("{}/_ministack/health", left.url()))
            .await
            .is_err()
    );
    assert!(
        reqwest::get(format!("{}/_ministack/health", next.url()))
            .await
            .is_ok()
    );
    next.stop().await;
}

#[tokio::test]
async fn stopping_ends_the_emulator_and_leaves_no_record() {
    let dir = tempfile::tempdir().unwrap();
    let emulator = start(dir.path()).await;
    let pid = pid(dir.path());
    emulator.stop().await;
    assert!(!Path::new(&format!("/proc/{pid}")).exists());
    assert!(!dir.path().join("emulator/process.json").exists());
}

/// Not a test by itself: the stack that the next one kills.
#[tokio::test]
#[ignore = "runs as a child of an_emulator_does_not_outlive_a_killed_stack"]
async fn run_until_killed() {
    let directory = std::env::var(DIRECTORY).unwrap();
    let _emulator = start(Path::new(&directory)).await;
    println!("started");
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn an_emulator_does_not_outlive_a_killed_stack() {
    let dir = tempfile::tempdir().unwrap();
    let mut stack = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "run_until_killed", "--nocapture"])
        .env(DIRECTORY, dir.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(stack.stdout.take().unwrap()).lines();
    lines
        .map(Result::unwrap)
        .find(|line| line.contains("started"))
        .unwrap();
    let process = format!("/proc/{}", pid(dir.path()));
    assert!(Path::new(&process).exists());
    stack.kill().unwrap();
    stack.wait().unwrap();
    let deadline = Instant::now() + Duration::from_secs(10);
    while Path::new(&process).exists() {
        assert!(Instant::now() < deadline, "the emulator still runs");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_machine_without_the_environment_is_told_to_run_setup() {
    let dir = tempfile::tempdir().unwrap();
    let error = Emulator::start(dir.path(), &dir.path().join("venv"))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("make setup"), "{error}");

    let bare = dir.path().join("bare");
    let made = Command::new("python3")
        .args(["-m", "venv", "--without-pip"])
        .arg(&bare)
        .status();
    assert!(made.unwrap().success());
    let error = Emulator::start(dir.path(), &bare).await.unwrap_err();
    assert!(error.to_string().contains("make setup"), "{error}");
}

//! Events over TLS to a broker that lets in whom MSK would: by a token that the functions signed.

use std::time::{Duration, Instant};

use anyhow::Result;
use tributary_journeys::broker_process::{BrokerProcess, Iam, Kafka};
use tributary_journeys::runtime_api::Lambda;
use tributary_journeys::sweeps::sweep_until_told;
use tributary_journeys::topics::Topics;
use tributary_journeys::whatsapp::{ACCOUNT, delivery, text};
use tributary_journeys::world::{World, deliver, sweep};
use tributary_local::emulator::ACCESS_KEY_ID;

const PATIENCE: Duration = Duration::from_secs(60);
/// A request spends 250 ms on the broker at most; the rest is for a machine that is busy otherwise.
const QUICKLY: Duration = Duration::from_secs(3);

struct Scene {
    world: World,
    webhooks: Lambda,
    relay: Lambda,
    iam: Iam,
    _broker: BrokerProcess,
}

/// A world whose functions prove themselves to a broker that expects `access_key`.
async fn scene(access_key: &str) -> Result<Scene> {
    let kafka = Kafka::prepare(Some(access_key)).await?;
    let iam = kafka.iam()?.clone();
    let broker = BrokerProcess::run(Box::new(kafka)).await?;
    let mut world = World::start_on(iam.address()).await?;
    for (name, value) in [
        ("KAFKA_AUTH", "iam"),
        ("KAFKA_CA_FILE", &iam.ca().display().to_string()),
    ] {
        world.environment.insert(name.to_owned(), value.to_owned());
    }
    Ok(Scene {
        webhooks: world.function("webhooks").await?,
        relay: world.function("relay").await?,
        world,
        iam,
        _broker: broker,
    })
}

impl Scene {
    /// A customer writes for the first time, and both events are told.
    async fn tell_of_the_first(&self) -> Result<()> {
        assert_eq!(deliver(&self.webhooks, &message(0)).await?.status, 200);
        sweep(&self.relay).await?;
        let lines = self.relay.lines();
        assert_eq!(self.world.events().await?, (2, 0), "{lines:#?}");
        Ok(())
    }
}

fn message(n: u32) -> Vec<u8> {
    let said = text(
        "15550100",
        &format!("wamid.in-{n}"),
        &format!("message {n}"),
    );
    delivery(ACCOUNT, &[said], &[])
}

/// The sequences that a consumer with a token of its own reads.
async fn read(iam: &Iam, events: usize) -> Result<Vec<u64>> {
    let mut topics = Topics::subscribe_with_iam(iam).await?;
    let seen = topics.until(PATIENCE, |seen| seen.len() >= events).await;
    let mut found: Vec<u64> = seen
        .iter()
        .filter_map(|r| r.event["sequence"].as_u64())
        .collect();
    found.sort_unstable();
    Ok(found)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Apache Kafka: make test-engines"]
async fn events_go_over_tls_with_tokens_that_name_the_functions_role_again_and_again() -> Result<()>
{
    let scene = scene(ACCESS_KEY_ID).await?;
    scene.tell_of_the_first().await?;
    let verdicts = scene.iam.verdicts()?;
    assert!(
        !verdicts.is_empty() && verdicts.iter().all(|v| v == "accepted"),
        "{verdicts:#?}"
    );

    // Sessions end; the connection proves itself anew and goes on.
    scene.iam.says(4, &verdicts, "accepted").await?;
    assert_eq!(deliver(&scene.webhooks, &message(1)).await?.status, 200);
    sweep(&scene.relay).await?;
    assert_eq!(scene.world.events().await?, (3, 0));
    assert_eq!(read(&scene.iam, 3).await?, [1, 2, 3]);
    assert!(scene.iam.verdicts()?.iter().all(|v| v == "accepted"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Apache Kafka: make test-engines"]
async fn a_function_that_is_not_let_in_answers_in_time_and_its_events_wait() -> Result<()> {
    let scene = scene("somebody-else").await?;
    scene.iam.says(1, &[], "refused: X-Amz-Credential").await?;
    let asked = Instant::now();
    assert_eq!(
        deliver(&scene.webhooks, &message(0)).await?.json()["stored"],
        1
    );
    assert!(asked.elapsed() < QUICKLY, "{:?}", asked.elapsed());
    sweep(&scene.relay).await?;
    assert_eq!(scene.world.events().await?, (2, 2));
    assert!(
        scene
            .iam
            .verdicts()?
            .iter()
            .all(|v| v.starts_with("refused"))
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Apache Kafka: make test-engines"]
async fn who_is_let_in_no_more_is_told_of_late_but_completely_once_let_in_again() -> Result<()> {
    let scene = scene(ACCESS_KEY_ID).await?;
    scene.tell_of_the_first().await?;

    scene.iam.refuse(true)?;
    let verdicts = scene.iam.verdicts()?;
    // Both functions, and what they try again.
    scene.iam.says(4, &verdicts, "refused").await?;
    for n in 1..=3 {
        let asked = Instant::now();
        assert_eq!(
            deliver(&scene.webhooks, &message(n)).await?.json()["stored"],
            1
        );
        assert!(asked.elapsed() < QUICKLY, "{:?}", asked.elapsed());
    }
    sweep(&scene.relay).await?;
    assert_eq!(scene.world.events().await?, (5, 3), "the outbox keeps them");

    scene.iam.refuse(false)?;
    sweep_until_told(&scene.world, &scene.relay).await?;
    assert_eq!(read(&scene.iam, 5).await?, [1, 2, 3, 4, 5]);
    Ok(())
}

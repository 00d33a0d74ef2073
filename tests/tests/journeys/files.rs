//! Files and long texts of customers: kept for as long as their writers want it.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tributary_journeys::desk::{Desk, messages};
use tributary_journeys::whatsapp::{ACCOUNT, delivery, image, revoke, text};
use tributary_journeys::world::{World, deliver, sweep};

const CUSTOMER: &str = "15550311";
const PICTURE: &[u8] =
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00";

fn address(message: &Value) -> Result<&str> {
    message["attachments"][0]["url"].as_str().context("a file")
}

/// What stands behind an address: the status, and the bytes.
async fn download(url: &str) -> Result<(u16, Vec<u8>)> {
    let answer = reqwest::get(url).await?;
    let status = answer.status().as_u16();
    Ok((status, answer.bytes().await?.to_vec()))
}

/// The key of the object that an address signs.
fn key_of(url: &str) -> Result<String> {
    let path = http::Uri::try_from(url)?.path().to_owned();
    let (_bucket, key) = path
        .trim_start_matches('/')
        .split_once('/')
        .context("a key")?;
    Ok(key.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customers_picture_and_long_text_can_be_read_until_they_are_taken_back() -> Result<()> {
    let world = World::start().await?;
    let webhooks = world.function("webhooks").await?;
    let relay = world.function("relay").await?;
    let desk = Desk::open(&world).await?;
    let essay = "A long story. ".repeat(1500);
    world.provider.keep_file("9100001", PICTURE);
    let written = [
        image(CUSTOMER, "wamid.picture", "9100001", PICTURE),
        text(CUSTOMER, "wamid.essay", &essay),
    ];
    let answer = deliver(&webhooks, &delivery(ACCOUNT, &written, &[])).await?;
    assert_eq!(answer.json()["stored"], 2, "{}", answer.text());
    let id = desk.ticket_of(CUSTOMER).await?;
    let ticket = desk.ticket(&id).await?;
    let file = &messages(&ticket).next().context("a message")?["attachments"][0];
    assert_eq!(
        (&file["state"], &file["url"]),
        (&json!("pending"), &Value::Null)
    );

    sweep(&relay).await?;
    let ticket = desk.ticket(&id).await?;
    let kept: Vec<&Value> = messages(&ticket).collect();
    let file = &kept[0]["attachments"][0];
    assert_eq!(file["state"], "stored", "{file}");
    assert_eq!(file["mime_type"], "image/png");
    assert_eq!(file["size_bytes"], PICTURE.len());
    let addresses = [address(kept[0])?, address(kept[1])?];
    assert_eq!(download(addresses[0]).await?, (200, PICTURE.to_vec()));
    assert_eq!(
        download(addresses[1]).await?,
        (200, essay.clone().into_bytes())
    );

    let back = [
        revoke(CUSTOMER, "wamid.back-1", "wamid.picture"),
        revoke(CUSTOMER, "wamid.back-2", "wamid.essay"),
    ];
    let answer = deliver(&webhooks, &delivery(ACCOUNT, &back, &[])).await?;
    assert_eq!(answer.json()["stored"], 2, "{}", answer.text());
    sweep(&relay).await?;
    let ticket = desk.ticket(&id).await?;
    for message in messages(&ticket) {
        assert!(message["deleted_at"].is_string(), "{message}");
        assert_eq!(
            (&message["content"], &message["attachments"]),
            (&json!(""), &json!([]))
        );
    }
    for url in addresses {
        assert_eq!(download(url).await?.0, 404, "the address outlived its file");
        assert!(world.objects(&key_of(url)?).await?.is_empty());
    }

    // The platform tells of a message again now and then; what was erased does not come back with it.
    let answer = deliver(&webhooks, &delivery(ACCOUNT, &written, &[])).await?;
    assert_eq!(answer.json()["duplicates"], 2, "{}", answer.text());
    sweep(&relay).await?;
    for url in addresses {
        assert!(world.objects(&key_of(url)?).await?.is_empty());
    }
    Ok(())
}

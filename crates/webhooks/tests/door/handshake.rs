//! Meta's handshake.

use crate::scene::{Platform, Scene};

fn query(platform: Platform, token: &str) -> String {
    let path = platform.path();
    format!(
        "{path}?hub.mode=subscribe&hub.verify_token={token}&hub.challenge=1158201444%3Cb%3E%22x%22"
    )
}

#[tokio::test]
async fn the_right_token_is_answered_with_exactly_the_challenge_as_plain_text() {
    let scene = Scene::open().await;
    for platform in Platform::META {
        let answer = scene
            .get(&query(platform, &format!("{}-token", platform.name())))
            .await;
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (200, "1158201444<b>\"x\"")
        );
        assert_eq!(answer.headers["content-type"], "text/plain; charset=utf-8");
    }
}

/// A desk that answered every handshake let anybody subscribe it to their own app.
#[tokio::test]
async fn the_verify_token_is_not_ignored() {
    let scene = Scene::open().await;
    for platform in Platform::META {
        let name = platform.name();
        let path = platform.path();
        for wrong in [
            query(platform, ""),
            query(platform, "another"),
            query(platform, &format!("{name}-toke")),
            query(platform, &format!("{name}-token1")),
            // The token of another platform, and the app's secret.
            query(
                platform,
                &format!(
                    "{}-token",
                    if platform == Platform::WhatsApp {
                        "facebook"
                    } else {
                        "whatsapp"
                    }
                ),
            ),
            query(platform, &platform.secret()),
            format!("{path}?hub.mode=unsubscribe&hub.verify_token={name}-token&hub.challenge=1"),
            format!("{path}?hub.verify_token={name}-token&hub.challenge=1"),
            format!("{path}?hub.mode=subscribe&hub.challenge=1"),
            format!("{path}?hub.mode=subscribe&hub.verify_token={name}-token"),
            format!(
                "{path}?hub.mode=subscribe&hub.verify_token=x&hub.verify_token={name}-token&hub.challenge=1"
            ),
            path,
        ] {
            let answer = scene.get(&wrong).await;
            assert_eq!(answer.status, 403, "{wrong}");
            answer.is_problem(403, "verify-token-mismatch");
        }
    }
}

#[tokio::test]
async fn without_a_secret_nobody_is_answered() {
    let scene = Scene::bare().await;
    for platform in Platform::META {
        scene
            .get(&query(platform, ""))
            .await
            .is_problem(503, "temporarily-unavailable");
    }
}

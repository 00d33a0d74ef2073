//! What proves a delivery, and what does not.

use crate::scene::{Platform, Scene};

/// Proven and of no known kind on every platform.
const BODY: &[u8] = br#"{"nobody":"knows this \u00e4"}"#;

#[tokio::test]
async fn a_delivery_signed_by_the_platform_is_taken_and_kept_raw_when_it_is_not_understood() {
    let scene = Scene::open().await;
    for platform in Platform::ALL {
        scene.deliver(platform, BODY).await.parked_one();
    }
    let kept = scene.kept().await;
    for (key, platform) in kept.iter().zip(Platform::ALL) {
        let folder = format!("/blobs/parked/{}/", platform.name());
        assert!(key.starts_with(&folder), "{key}");
    }
    assert_eq!(kept.len(), 4);
}

/// GHSA-7rw7-pc8v-mrr3: a desk that took webhooks without a proof let anybody write into its tickets.
#[tokio::test]
async fn what_is_not_signed_by_the_platform_is_refused_and_leaves_nothing() {
    let scene = Scene::open().await;
    for platform in Platform::ALL {
        let (header, good) = platform.proof(BODY, &platform.secret());
        let of_another_body = platform.proof(b"{}", &platform.secret()).1;
        let with_our_token = platform
            .proof(BODY, &format!("{}-token", platform.name()))
            .1;
        let with_nothing = platform.proof(BODY, "").1;
        let legacy = good.replace("sha256=", "sha1=");
        let cut = good[..good.len() - 4].to_owned();
        for value in [
            String::new(),
            "sha256=".to_owned(),
            of_another_body,
            with_our_token,
            with_nothing,
            legacy,
            cut,
            good.replace("sha256=", ""),
        ] {
            let answer = scene
                .post(platform, Some((header, value.clone())), BODY)
                .await;
            assert_eq!(answer.status, 401, "{platform:?} {value}");
            answer.is_problem(401, "invalid-signature");
        }
        scene
            .post(platform, None, BODY)
            .await
            .is_problem(401, "invalid-signature");
        // Right, under another platform's header.
        let elsewhere = if platform == Platform::Twitter {
            "x-hub-signature-256"
        } else {
            "x-twitter-webhooks-signature"
        };
        scene
            .post(platform, Some((elsewhere, good)), BODY)
            .await
            .is_problem(401, "invalid-signature");
    }
    assert_eq!(scene.kept().await, Vec::<String>::new());
}

#[tokio::test]
async fn only_the_apps_that_may_sign_for_a_platform_do() {
    let scene = Scene::open().await;
    for to in Platform::ALL {
        for by in Platform::ALL {
            let proof = to.proof(BODY, &by.secret());
            let answer = scene.post(to, Some(proof), BODY).await;
            let may = by == to || (to, by) == (Platform::Instagram, Platform::Facebook);
            let expected = if may { 200 } else { 401 };
            assert_eq!(answer.status, expected, "{by:?} signs for {to:?}");
        }
    }
}

#[tokio::test]
async fn instagram_needs_no_facebook_app() {
    let scene = Scene::bare().await;
    let instagram = Platform::Instagram;
    scene
        .hold(instagram, instagram.stored(&instagram.secret()))
        .await;
    scene.deliver(instagram, BODY).await.parked_one();
    let forged = instagram.proof(BODY, "facebook-secret");
    scene
        .post(instagram, Some(forged), BODY)
        .await
        .is_problem(401, "invalid-signature");
}

#[tokio::test]
async fn any_secret_of_the_list_may_have_signed() {
    let scene = Scene::open().await;
    for platform in Platform::META {
        let proof = platform.proof(BODY, "an-older-secret");
        scene.post(platform, Some(proof), BODY).await.parked_one();
    }
}

#[tokio::test]
async fn the_bytes_are_proven_and_not_what_they_mean() {
    let scene = Scene::open().await;
    let same: serde_json::Value = serde_json::from_slice(BODY).expect("JSON");
    let same = same.to_string();
    for platform in Platform::ALL {
        let proof = platform.proof(BODY, &platform.secret());
        scene
            .post(platform, Some(proof), same.as_bytes())
            .await
            .is_problem(401, "invalid-signature");
    }
}

#[tokio::test]
async fn a_proven_body_that_is_no_json_is_refused() {
    let scene = Scene::open().await;
    let deep = "[".repeat(200_000);
    for platform in Platform::ALL {
        for body in [
            &b""[..],
            b"Hello",
            &BODY[..BODY.len() - 1],
            b"{\"a\":\"caf\xe9\"}",
            deep.as_bytes(),
        ] {
            scene
                .deliver(platform, body)
                .await
                .is_problem(400, "invalid-body");
        }
    }
    assert_eq!(scene.kept().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_body_over_the_cap_is_refused_before_anything_and_one_at_the_cap_is_taken() {
    let scene = Scene::open().await;
    for platform in Platform::ALL {
        let mut body = BODY.to_vec();
        body.resize(platform.cap() + 1, b' ');
        let before = scene.asked().await;
        scene
            .deliver(platform, &body)
            .await
            .is_problem(413, "body-too-large");
        scene
            .post(platform, None, &body)
            .await
            .is_problem(413, "body-too-large");
        assert_eq!(scene.asked().await, before, "no secret is read for it");
        body.truncate(platform.cap());
        scene.deliver(platform, &body).await.parked_one();
    }
}

#[tokio::test]
async fn a_secret_that_is_missing_is_our_fault_and_the_delivery_comes_again() {
    let scene = Scene::bare().await;
    for platform in Platform::ALL {
        let answer = scene.deliver(platform, BODY).await;
        answer.is_problem(503, "temporarily-unavailable");
        assert_eq!(answer.headers["retry-after"], "5");
        scene
            .post(platform, None, BODY)
            .await
            .is_problem(503, "temporarily-unavailable");
    }
}

#[tokio::test]
async fn a_failed_proof_reads_the_secret_again_once_and_no_more_for_a_while() {
    for platform in Platform::ALL {
        let scene = Scene::bare().await;
        scene.hold_once(platform, platform.stored("old")).await;
        scene
            .hold(platform, platform.stored(&platform.secret()))
            .await;
        let old = platform.proof(BODY, "old");
        scene
            .post(platform, Some(old.clone()), BODY)
            .await
            .parked_one();
        scene.wait(20);
        scene.deliver(platform, BODY).await.parked_one();
        let asked = scene.asked().await;
        for _ in 0..5 {
            let answer = scene.post(platform, Some(old.clone()), BODY).await;
            answer.is_problem(401, "invalid-signature");
        }
        // Instagram asks for Facebook's secret too, which there is none of.
        let more = usize::from(platform == Platform::Instagram);
        assert!(scene.asked().await <= asked + more, "{platform:?}");
    }
}

use axum::body::Body;
use http::Request;
use tower::ServiceExt as _;

use super::*;
use crate::info::{AGENT, CognitoInfo, Info, SUPERVISOR, TablesInfo, TopicsInfo};

fn info() -> Info {
    Info {
        api_url: "http://127.0.0.1:8787".to_owned(),
        workbench_url: "http://127.0.0.1:8787".to_owned(),
        dynamodb_url: String::new(),
        kafka_bootstrap: String::new(),
        aws_url: "http://127.0.0.1:4566".to_owned(),
        provider_double_url: String::new(),
        cognito: CognitoInfo {
            endpoint: "http://127.0.0.1:4566".to_owned(),
            user_pool_id: "pool".to_owned(),
            client_id: "client".to_owned(),
        },
        agent: AGENT,
        supervisor: SUPERVISOR,
        tables: TablesInfo {
            tickets: String::new(),
            customers: String::new(),
            ledger: String::new(),
            timeline: String::new(),
        },
        topics: TopicsInfo {
            tickets: "",
            messages: "",
        },
    }
}

fn built() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (build, name) in [("dist", "workbench"), ("dist-sandbox", "sandbox")] {
        let assets = dir.path().join(build).join("assets");
        std::fs::create_dir_all(&assets).unwrap();
        std::fs::write(assets.join("index-1.js"), format!("// {name}")).unwrap();
        std::fs::write(dir.path().join(build).join("index.html"), name).unwrap();
    }
    dir
}

async fn get(frontend: &Path, path: &str) -> (StatusCode, http::HeaderMap, String) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let router = router(frontend, &info(), POLL_SECONDS).unwrap();
    let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    (
        parts.status,
        parts.headers,
        String::from_utf8(body.to_vec()).unwrap(),
    )
}

#[tokio::test]
async fn every_place_of_the_workbench_is_its_page_and_the_sandbox_is_another() {
    let dir = built();
    for (path, expected) in [
        ("/", "workbench"),
        ("/tickets/tkt_1?status=new", "workbench"),
        ("/sandbox", "sandbox"),
        ("/sandbox/", "sandbox"),
    ] {
        let (status, headers, body) = get(dir.path(), path).await;
        assert_eq!(
            (status, body.as_str()),
            (StatusCode::OK, expected),
            "{path}"
        );
        assert_eq!(headers[CACHE_CONTROL], "no-cache", "{path}");
    }
}

#[tokio::test]
async fn built_files_are_cached_for_ever_and_missing_ones_are_not() {
    let dir = built();
    for path in ["/assets/index-1.js", "/sandbox/assets/index-1.js"] {
        let (status, headers, _) = get(dir.path(), path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert_eq!(headers[CACHE_CONTROL], FOREVER, "{path}");
        assert_eq!(headers["content-type"], "text/javascript", "{path}");
    }
    let (status, headers, _) = get(dir.path(), "/assets/index-0.js").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(headers[CACHE_CONTROL], "no-cache");
    let (status, ..) = get(dir.path(), "/assets/..%2findex.html").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn no_answer_lets_foreign_or_inline_code_run_or_the_page_be_framed() {
    let dir = built();
    for path in ["/", "/sandbox", "/config.json", "/assets/index-0.js"] {
        let (_, headers, _) = get(dir.path(), path).await;
        let policy = headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self';"),
            "{path}"
        );
        assert!(!policy.contains("unsafe"), "{path}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(headers[X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
    }
}

#[tokio::test]
async fn the_workbench_is_told_where_to_sign_in() {
    let dir = built();
    let (_, _, body) = get(dir.path(), "/config.json").await;
    let config: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(config["cognito"]["client_id"], "client");
    assert_eq!(config["cognito"]["endpoint"], "http://127.0.0.1:4566");
    assert_eq!(config["poll_seconds"], POLL_SECONDS);
}

#[tokio::test]
async fn pages_that_are_not_built_say_how_to_build_them() {
    let dir = tempfile::tempdir().unwrap();
    let (status, _, body) = get(dir.path(), "/").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(body.contains("make pages"), "{body}");
}

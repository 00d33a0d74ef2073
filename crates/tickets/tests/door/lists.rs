//! The inbox and a customer's tickets.

use http::Method;
use serde_json::json;

use crate::platform::AGENT;
use crate::scene::{Answer, Call, Scene, new_ticket};

fn ids(answer: &Answer) -> Vec<String> {
    let tickets = answer.json["tickets"].as_array().expect("tickets");
    tickets
        .iter()
        .map(|t| t["ticket_id"].as_str().unwrap_or_default().to_owned())
        .collect()
}

#[tokio::test]
async fn a_row_shows_every_field_and_the_last_message_but_no_timeline() {
    let scene = Scene::open().await;
    let id = scene.ticket_of("15550100").await;
    scene
        .message(
            &id,
            json!({"content": "x".repeat(300), "visibility": "internal"}),
        )
        .await;
    let answer = scene.get("/api/tickets").await;
    assert_eq!(answer.status, 200);
    insta::assert_json_snapshot!(answer.numbered());
}

#[tokio::test]
async fn a_list_is_paged_newest_first_each_ticket_once() {
    let scene = Scene::open().await;
    let mut made = Vec::new();
    for n in 0..7 {
        made.push(scene.ticket_of(&format!("1555{n}")).await);
        scene.wait(1);
    }
    made.reverse();
    let mut seen = Vec::new();
    let mut page = scene.get("/api/tickets?limit=3").await;
    let as_of = page.text("as_of");
    loop {
        seen.extend(ids(&page));
        assert_eq!(
            page.json["as_of"],
            as_of.as_str(),
            "fixed when the list was begun"
        );
        scene.wait(60);
        let Some(cursor) = page.json["next_cursor"].as_str() else {
            break;
        };
        page = scene
            .get(&format!("/api/tickets?limit=3&cursor={cursor}"))
            .await;
    }
    assert_eq!(seen, made);
}

#[tokio::test]
async fn what_changes_while_one_pages_is_found_by_updated_since() {
    let scene = Scene::open().await;
    let id = scene.ticket_of("15550100").await;
    scene.wait(3600);
    let as_of = scene.get("/api/tickets").await.text("as_of");
    let since = format!("/api/tickets?updated_since={as_of}");
    assert!(ids(&scene.get(&since).await).is_empty());
    scene.put(&id, json!({"priority": "high"})).await;
    assert_eq!(ids(&scene.get(&since).await), [id]);
}

#[tokio::test]
async fn each_filter_filters() {
    let scene = Scene::open().await;
    let mine = scene.ticket_of("15550100").await;
    let mut other = new_ticket("psid-1");
    other["source"]["channel"] = json!("facebook");
    other["customer"]["name"] = json!("Bob");
    let other = scene
        .post("/api/tickets/create", other)
        .await
        .text("ticket_id");
    scene.put(&mine, json!({"status": "open", "priority": "high", "assigned_agent_id": AGENT, "tags": ["vip"]})).await;
    for (filter, expected) in [
        ("", vec![&mine, &other]),
        ("status=open", vec![&mine]),
        ("status=new,resolved", vec![&other]),
        ("status=new,open", vec![&mine, &other]),
        ("status=", vec![&mine, &other]),
        ("channel=facebook", vec![&other]),
        ("priority=high,critical", vec![&mine]),
        ("assigned_agent_id=me", vec![&mine]),
        ("assigned_agent_id=none", vec![&other]),
        ("assigned_agent_id=33333333-cccc", vec![]),
        ("tag=vip", vec![&mine]),
        ("q=ANN%20ord", vec![&mine]),
        ("q=%2B1555", vec![&mine]),
        ("q=where-is%20(order?)", vec![&mine, &other]),
        ("q=bob", vec![&other]),
        ("q=zebra", vec![]),
    ] {
        let answer = scene.get(&format!("/api/tickets?{filter}")).await;
        let mut found = ids(&answer);
        let mut expected: Vec<String> = expected.into_iter().cloned().collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{filter}");
    }
}

#[tokio::test]
async fn a_bad_parameter_is_named() {
    let scene = Scene::open().await;
    let long = format!("q={}", "x".repeat(201));
    for (query, name) in [
        ("status=done", "status"),
        ("status=new,,open", "status"),
        ("channel=fax", "channel"),
        ("priority=urgent", "priority"),
        ("assigned_agent_id=a%20b", "assigned_agent_id"),
        ("updated_since=yesterday", "updated_since"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=ten", "limit"),
        ("limit=1&limit=2", "limit"),
        ("sort=up", "sort"),
        (long.as_str(), "q"),
    ] {
        let answer = scene.get(&format!("/api/tickets?{query}")).await;
        answer.is_problem(400, "invalid-parameter");
        assert_eq!(answer.json["parameter"], name, "{query}");
    }
}

#[tokio::test]
async fn a_cursor_is_good_for_its_own_filters_only() {
    let scene = Scene::open().await;
    for n in 0..3 {
        scene.ticket_of(&format!("1555{n}")).await;
    }
    let cursor = scene
        .get("/api/tickets?status=new&limit=1")
        .await
        .text("next_cursor");
    let more = scene
        .get(&format!("/api/tickets?status=new&limit=2&cursor={cursor}"))
        .await;
    assert_eq!(more.status, 200, "the page size may change");
    scene
        .get(&format!("/api/tickets?cursor={cursor}"))
        .await
        .is_problem(400, "invalid-cursor");
    for bad in ["x", "e30", &cursor[1..], &format!("{cursor}A")] {
        let answer = scene
            .get(&format!("/api/tickets?status=new&cursor={bad}"))
            .await;
        answer.is_problem(400, "invalid-cursor");
    }
}

#[tokio::test]
async fn a_client_that_has_the_rows_is_told_so_though_time_passes() {
    let scene = Scene::open().await;
    let id = scene.ticket_of("15550100").await;
    let tag = scene.get("/api/tickets").await.etag();
    scene.wait(30);
    let conditional = || Call::new(Method::GET, "/api/tickets").header("if-none-match", &tag);
    assert_eq!(scene.send(conditional()).await.status, 304);
    scene.put(&id, json!({"priority": "low"})).await;
    let changed = scene.send(conditional()).await;
    assert_eq!(changed.status, 200);
    assert_ne!(changed.etag(), tag);
}

#[tokio::test]
async fn a_customers_tickets_are_listed_alone() {
    let scene = Scene::open().await;
    let first = scene.ticket_of("15550100").await;
    scene.ticket_of("15550199").await;
    scene.put(&first, json!({"status": "closed"})).await;
    scene.wait(1);
    let second = scene.ticket_of("15550100").await;
    let customer = scene.stored(&first).customer.id.to_string();
    let path = format!("/api/customers/{customer}/tickets");
    assert_eq!(
        ids(&scene.get(&path).await),
        [second.clone(), first.clone()]
    );
    let page = scene.get(&format!("{path}?limit=1")).await;
    assert_eq!(ids(&page), [second]);
    let cursor = page.text("next_cursor");
    let rest = scene.get(&format!("{path}?limit=1&cursor={cursor}")).await;
    assert_eq!(ids(&rest), [first]);
    scene
        .get(&format!("/api/tickets?cursor={cursor}"))
        .await
        .is_problem(400, "invalid-cursor");
    let conditional =
        Call::new(Method::GET, &path).header("if-none-match", &scene.get(&path).await.etag());
    assert_eq!(scene.send(conditional).await.status, 304);
}

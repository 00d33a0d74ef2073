//! The sandbox's API, for its page and for tests: `/sandbox/api/*`.

use axum::extract::{DefaultBodyLimit, Path, State as Shared};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use bytes::Bytes;
use http::header::{ETAG, IF_NONE_MATCH};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::model::{
    Channel, Customer, Delivery, Direction, Fault, FaultKind, Kind, Message, Receipts, SentMail,
};
use super::state::Written;
use super::{Sandbox, guard};

const LARGEST_BODY: usize = 4 * 1024 * 1024;
/// Characters.
const LONGEST_NAME: usize = 200;
const LONGEST_SLOW_S: u64 = 60;

type Refusal = (StatusCode, Json<Value>);
type Answer<T = Json<Value>> = Result<T, Refusal>;

/// A refusal with a sentence.
pub(super) fn refusal(status: StatusCode, detail: &str) -> Refusal {
    (status, Json(json!({ "detail": detail })))
}

/// The routes.
pub fn router(sandbox: Sandbox) -> Router {
    Router::new()
        .route("/sandbox/api/state", get(state))
        .route("/sandbox/api/customers", post(add_customer))
        .route("/sandbox/api/customers/{id}/messages", post(write))
        .route("/sandbox/api/customers/{id}/read", post(read_all))
        .route("/sandbox/api/messages/{id}/redeliver", post(redeliver))
        .route("/sandbox/api/channels/{channel}", put(set_knobs))
        .route("/sandbox/api/held/deliver", post(deliver_held))
        .route("/sandbox/api/{*rest}", get(async || nothing()))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(from_fn(guard::guard))
        .with_state(sandbox)
}

fn nothing() -> Refusal {
    refusal(StatusCode::NOT_FOUND, "There is nothing here.")
}

async fn state(Shared(sandbox): Shared<Sandbox>, headers: HeaderMap) -> Response {
    let tag = sandbox.read(|state| format!("\"{}-{}\"", sandbox.0.epoch, state.cursor));
    if headers
        .get(IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == tag.as_bytes())
    {
        return (StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response();
    }
    let body = sandbox.read(|state| {
        let channels = Channel::ALL.map(|channel| {
            let knobs = state.knobs(channel);
            json!({
                "channel": channel, "account_id": channel.account_id(), "label": channel.label(),
                "played": sandbox.plays(channel), "webhook": channel.webhook(),
                "kinds": Kind::of(channel),
                "fault": knobs.fault, "delivery": knobs.delivery, "receipts": knobs.receipts,
            })
        });
        json!({
            "cursor": state.cursor, "channels": channels, "customers": state.customers,
            "messages": state.messages, "held": state.held, "calls": state.calls,
        })
    });
    ([(ETAG, tag)], Json(body)).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewCustomer {
    channel: Channel,
    name: String,
    #[serde(default)]
    email: Option<String>,
}

async fn add_customer(
    Shared(sandbox): Shared<Sandbox>,
    body: Bytes,
) -> Answer<(StatusCode, Json<Customer>)> {
    let new: NewCustomer = parse(&body)?;
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(unprocessable("name must have 1 to 200 characters."));
    }
    let email = new
        .email
        .map(|email| email.trim().to_owned())
        .filter(|email| !email.is_empty());
    let has_address = email.as_deref().is_some_and(|email| email.contains('@'));
    if new.channel.is_answered_by_mail() && !has_address {
        return Err(unprocessable("email is needed: answers go there."));
    }
    let customer = sandbox.add_customer(new.channel, name.to_owned(), email);
    Ok((StatusCode::CREATED, Json(customer)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewMessage {
    #[serde(default)]
    kind: Kind,
    #[serde(default)]
    text: String,
    /// Our id of the message that it changes; the latest of the conversation when absent.
    #[serde(default)]
    target: Option<String>,
    /// What a new mail is about; its first words when absent.
    #[serde(default)]
    subject: Option<String>,
    /// The formatted form of a mail; made of its text when absent.
    #[serde(default)]
    html: Option<String>,
}

async fn write(
    Shared(sandbox): Shared<Sandbox>,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer<Response> {
    let customer = customer(&sandbox, &id)?;
    let new: NewMessage = parse(&body)?;
    if !Kind::of(customer.channel).contains(&new.kind) {
        return Err(unprocessable("kind is none that this channel has."));
    }
    let is_new_mail = customer.channel == Channel::Email && !new.kind.answers_mail();
    if new.subject.is_some() && !is_new_mail {
        return Err(unprocessable("subject is for a new mail only."));
    }
    if new.html.is_some() && new.kind != Kind::Html {
        return Err(unprocessable("html is for the kind html only."));
    }
    if new.kind.needs_text() && new.html.is_none() && new.text.trim().is_empty() {
        return Err(unprocessable("text must not be empty."));
    }
    let target = if new.kind.needs_target() {
        Some(target(
            &sandbox,
            &customer,
            new.kind,
            new.target.as_deref(),
        )?)
    } else {
        None
    };
    let answers = if new.kind.answers_mail() {
        Some(answered(&sandbox, &customer, new.target.as_deref())?)
    } else {
        None
    };
    let written = Written {
        kind: new.kind,
        target,
        text: new.text,
        subject: new.subject,
        html: new.html,
        answers,
    };
    let message = sandbox.write(&customer, written).await;
    Ok((StatusCode::CREATED, Json(message)).into_response())
}

/// The platform's id of the message that is changed: the one named, or the latest that can be.
fn target(
    sandbox: &Sandbox,
    customer: &Customer,
    kind: Kind,
    id: Option<&str>,
) -> Result<String, Refusal> {
    let own_only = matches!(kind, Kind::Edit | Kind::Unsend);
    let fits = |message: &&Message| {
        message.customer_id == customer.id
            && !message.kind.needs_target()
            && (!own_only || message.direction == Direction::In)
            && id.is_none_or(|id| id == message.id)
    };
    sandbox
        .read(|state| {
            let found = state.messages.iter().rfind(fits);
            found.map(|message| message.platform_message_id.clone())
        })
        .ok_or_else(|| unprocessable("There is no such message to change in this conversation."))
}

/// The mail of the desk that is spoken of: the one named, or the latest.
fn answered(sandbox: &Sandbox, customer: &Customer, id: Option<&str>) -> Result<SentMail, Refusal> {
    let fits = |message: &&Message| {
        message.customer_id == customer.id
            && message.direction == Direction::Out
            && id.is_none_or(|id| id == message.id)
    };
    sandbox
        .read(|state| {
            let found = state.messages.iter().rfind(fits);
            found.and_then(|message| message.mail.clone())
        })
        .ok_or_else(|| {
            unprocessable("The desk has sent no such mail yet: answer in the workbench first.")
        })
}

async fn read_all(Shared(sandbox): Shared<Sandbox>, Path(id): Path<String>) -> Answer<StatusCode> {
    let customer = customer(&sandbox, &id)?;
    played(&sandbox, customer.channel)?;
    sandbox.read_all(&customer).await;
    Ok(StatusCode::NO_CONTENT)
}

async fn redeliver(Shared(sandbox): Shared<Sandbox>, Path(id): Path<String>) -> Answer<Response> {
    let direction = sandbox.read(|state| state.message(&id).map(|message| message.direction));
    match direction {
        None => return Err(refusal(StatusCode::NOT_FOUND, "There is no such message.")),
        Some(Direction::Out) => {
            return Err(unprocessable(
                "Only what a customer wrote can be delivered again.",
            ));
        }
        Some(Direction::In) => {}
    }
    sandbox.deliver(&id).await;
    Ok(Json(sandbox.read(|state| state.message(&id).cloned())).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewKnobs {
    #[serde(default)]
    fault: Option<Fault>,
    #[serde(default)]
    delivery: Option<Delivery>,
    #[serde(default)]
    receipts: Option<Receipts>,
}

async fn set_knobs(
    Shared(sandbox): Shared<Sandbox>,
    Path(name): Path<String>,
    body: Bytes,
) -> Answer {
    let channel = Channel::ALL
        .into_iter()
        .find(|channel| channel.as_str() == name)
        .ok_or_else(|| refusal(StatusCode::NOT_FOUND, "There is no such channel here."))?;
    let new: NewKnobs = parse(&body)?;
    if new.fault.is_some() || new.receipts.is_some() {
        played(&sandbox, channel)?;
    }
    if channel.is_answered_by_mail() && new.receipts == Some(Receipts::Read) {
        return Err(unprocessable("Nobody tells when a mail is read."));
    }
    if let Some(fault) = new.fault {
        check(channel, fault)?;
    }
    let knobs = sandbox.change(|state| {
        let knobs = state.knobs.entry(channel).or_default();
        knobs.fault = new.fault.unwrap_or(knobs.fault);
        knobs.delivery = new.delivery.unwrap_or(knobs.delivery);
        knobs.receipts = new.receipts.unwrap_or(knobs.receipts);
        *knobs
    });
    Ok(Json(json!(knobs)))
}

fn check(channel: Channel, fault: Fault) -> Result<(), Refusal> {
    let slow = fault.kind == FaultKind::Slow;
    let seconds = fault.seconds.unwrap_or_default();
    if slow && !(1..=LONGEST_SLOW_S).contains(&seconds) {
        return Err(unprocessable("fault.seconds must be from 1 to 60."));
    }
    if !slow && fault.seconds.is_some() {
        return Err(unprocessable("fault.seconds is for the kind slow only."));
    }
    if fault.times == Some(0) {
        return Err(unprocessable("fault.times must be at least 1."));
    }
    let by_mail = channel.is_answered_by_mail();
    if by_mail && fault.kind == FaultKind::WindowClosed {
        return Err(unprocessable("Mail has no reply window that could close."));
    }
    if !by_mail && fault.kind == FaultKind::Bounced {
        return Err(unprocessable("Only mail bounces."));
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Order {
    Ids(Vec<String>),
    Word(OrderWord),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum OrderWord {
    AsWritten,
    Reversed,
    Shuffled,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeliverHeld {
    order: Order,
}

async fn deliver_held(Shared(sandbox): Shared<Sandbox>, body: Bytes) -> Answer {
    let order: DeliverHeld = parse(&body)?;
    let held = sandbox.read(|state| state.held.clone());
    let ids = match order.order {
        Order::Ids(ids) => ids,
        Order::Word(OrderWord::AsWritten) => held.clone(),
        Order::Word(OrderWord::Reversed) => held.iter().rev().cloned().collect(),
        Order::Word(OrderWord::Shuffled) => shuffled(held.clone()),
    };
    if ids.iter().any(|id| !held.contains(id)) {
        return Err(unprocessable("order names a message that is not held."));
    }
    for id in &ids {
        sandbox.deliver(id).await;
    }
    Ok(Json(json!({ "delivered": ids })))
}

/// In another order whenever there are at least two.
fn shuffled(mut ids: Vec<String>) -> Vec<String> {
    // Which order matters little: no order may matter to the desk.
    let seed = super::clock::now_ms();
    let written = ids.clone();
    ids.sort_by_key(|id| {
        id.bytes().fold(seed, |hash, byte| {
            hash.wrapping_mul(0x0100_0000_01b3).rotate_left(7) ^ u64::from(byte)
        })
    });
    if ids == written && ids.len() > 1 {
        ids.rotate_left(1);
    }
    ids
}

fn customer(sandbox: &Sandbox, id: &str) -> Result<Customer, Refusal> {
    sandbox
        .read(|state| state.customer(id).cloned())
        .ok_or_else(|| refusal(StatusCode::NOT_FOUND, "There is no such customer."))
}

fn played(sandbox: &Sandbox, channel: Channel) -> Result<(), Refusal> {
    if sandbox.plays(channel) {
        return Ok(());
    }
    let detail = format!(
        "{} is set: that provider answers and reports, not the sandbox. Start without it to play this.",
        channel.provider_setting()
    );
    Err(refusal(StatusCode::CONFLICT, &detail))
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| {
        let status = if error.is_data() {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::BAD_REQUEST
        };
        refusal(status, &format!("The body is not right: {error}."))
    })
}

fn unprocessable(detail: &str) -> Refusal {
    refusal(StatusCode::UNPROCESSABLE_ENTITY, detail)
}

//! The routes, one file each, and how they are mounted.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tributary_domain::Event;
use tributary_domain::surroundings::Deadline;
use tributary_edge::mount;
use tributary_events::announce;

use crate::deps::Door;

pub(crate) mod create_attachment;
pub(crate) mod create_ticket;
pub(crate) mod decide_delivery;
pub(crate) mod get_customer;
pub(crate) mod get_health;
pub(crate) mod get_html;
pub(crate) mod get_me;
pub(crate) mod get_ticket;
pub(crate) mod get_timeline;
pub(crate) mod list_agents;
pub(crate) mod list_channels;
pub(crate) mod list_customer_tickets;
pub(crate) mod list_templates;
pub(crate) mod list_tickets;
pub(crate) mod note_typing;
pub(crate) mod post_message;
pub(crate) mod put_channel;
pub(crate) mod put_ticket;

/// How long races are retried in one request.
const REQUEST_TIME: Duration = Duration::from_secs(8);

/// All routes of this door.
pub(crate) fn mount_all<D: Door>(door: Arc<D>) -> Router {
    let router = Router::new();
    let router = mount(
        router,
        create_ticket::__path_create_ticket,
        create_ticket::create_ticket::<D>,
    );
    let router = mount(
        router,
        list_tickets::__path_list_tickets,
        list_tickets::list_tickets::<D>,
    );
    let router = mount(
        router,
        get_ticket::__path_get_ticket,
        get_ticket::get_ticket::<D>,
    );
    let router = mount(
        router,
        get_timeline::__path_get_timeline,
        get_timeline::get_timeline::<D>,
    );
    let router = mount(router, get_html::__path_get_html, get_html::get_html::<D>);
    let router = mount(
        router,
        put_ticket::__path_put_ticket,
        put_ticket::put_ticket::<D>,
    );
    let router = mount(
        router,
        post_message::__path_post_message,
        post_message::post_message::<D>,
    );
    let router = mount(
        router,
        decide_delivery::__path_retry_message,
        decide_delivery::retry_message::<D>,
    );
    let router = mount(
        router,
        decide_delivery::__path_discard_message,
        decide_delivery::discard_message::<D>,
    );
    let router = mount(
        router,
        decide_delivery::__path_confirm_message,
        decide_delivery::confirm_message::<D>,
    );
    let router = mount(
        router,
        create_attachment::__path_create_attachment,
        create_attachment::create_attachment::<D>,
    );
    let router = mount(
        router,
        list_templates::__path_list_templates,
        list_templates::list_templates::<D>,
    );
    let router = mount(
        router,
        note_typing::__path_note_typing,
        note_typing::note_typing::<D>,
    );
    let router = mount(
        router,
        put_channel::__path_put_channel,
        put_channel::put_channel::<D>,
    );
    let router = mount(
        router,
        get_customer::__path_get_customer,
        get_customer::get_customer::<D>,
    );
    let router = mount(
        router,
        list_customer_tickets::__path_list_customer_tickets,
        list_customer_tickets::list_customer_tickets::<D>,
    );
    let router = mount(
        router,
        list_agents::__path_list_agents,
        list_agents::list_agents::<D>,
    );
    let router = mount(
        router,
        list_channels::__path_list_channels,
        list_channels::list_channels::<D>,
    );
    let router = mount(router, get_me::__path_get_me, get_me::get_me::<D>);
    let router = mount(
        router,
        get_health::__path_get_health,
        get_health::get_health,
    );
    router.with_state(door)
}

/// When this request must have ended.
fn deadline(door: &impl Door) -> Deadline {
    Deadline::after(&door.desk().surroundings, REQUEST_TIME)
}

/// Publishes what was just committed, as far as that costs nothing; the relay does the rest.
async fn publish(door: &impl Door, events: &[Event]) {
    let desk = door.desk();
    announce(
        &desk.tickets,
        &door.deps().publisher,
        &desk.surroundings,
        events,
    )
    .await;
}

//! The user pool as the template makes it, with one agent and one supervisor.
use anyhow::{Context, Result};
use aws_config::SdkConfig;
use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::types::{
    AttributeType, ExplicitAuthFlowsType, MessageActionType, PasswordPolicyType,
    UserPoolPolicyType, UserStatusType, UsernameAttributeType, VerifiedAttributeType,
};

use super::{AGENT_EMAIL, AGENT_PASSWORD, SUPERVISOR_EMAIL, SUPERVISOR_PASSWORD, Seeded};

const NAME: &str = "tributary";
const AGENTS: &str = "Agents";
const SUPERVISORS: &str = "Supervisors";

struct Person {
    name: &'static str,
    email: &'static str,
    password: &'static str,
    group: &'static str,
}

const AGENT: Person = Person {
    name: "Alex Meyer",
    email: AGENT_EMAIL,
    password: AGENT_PASSWORD,
    group: AGENTS,
};
const SUPERVISOR: Person = Person {
    name: "Sam Rivera",
    email: SUPERVISOR_EMAIL,
    password: SUPERVISOR_PASSWORD,
    group: SUPERVISORS,
};

pub(super) async fn seed(config: &SdkConfig) -> Result<Seeded> {
    let cognito = Client::new(config);
    let pool = user_pool(&cognito).await?;
    let client_id = app_client(&cognito, &pool).await?;
    for name in [AGENTS, SUPERVISORS] {
        group(&cognito, &pool, name).await?;
    }
    Ok(Seeded {
        agent_id: person(&cognito, &pool, &AGENT).await?,
        supervisor_id: person(&cognito, &pool, &SUPERVISOR).await?,
        client_id,
        user_pool_id: pool,
    })
}

async fn user_pool(cognito: &Client) -> Result<String> {
    let known = cognito.list_user_pools().max_results(60).send().await?;
    let known = known
        .user_pools()
        .iter()
        .find(|pool| pool.name() == Some(NAME));
    if let Some(id) = known.and_then(|pool| pool.id()) {
        return Ok(id.to_owned());
    }
    let policy = PasswordPolicyType::builder()
        .minimum_length(12)
        .require_lowercase(true)
        .require_uppercase(true)
        .require_numbers(true)
        .require_symbols(true)
        .build();
    let created = cognito
        .create_user_pool()
        .pool_name(NAME)
        .policies(
            UserPoolPolicyType::builder()
                .password_policy(policy)
                .build(),
        )
        .username_attributes(UsernameAttributeType::Email)
        .auto_verified_attributes(VerifiedAttributeType::Email)
        .send()
        .await?;
    let id = created.user_pool.and_then(|pool| pool.id);
    id.context("the new user pool has no id")
}

async fn app_client(cognito: &Client, pool: &str) -> Result<String> {
    let known = cognito
        .list_user_pool_clients()
        .user_pool_id(pool)
        .max_results(60)
        .send()
        .await?;
    let known = known
        .user_pool_clients()
        .iter()
        .find(|client| client.client_name() == Some(NAME));
    if let Some(id) = known.and_then(|client| client.client_id()) {
        return Ok(id.to_owned());
    }
    let created = cognito
        .create_user_pool_client()
        .user_pool_id(pool)
        .client_name(NAME)
        .explicit_auth_flows(ExplicitAuthFlowsType::AllowUserSrpAuth)
        .explicit_auth_flows(ExplicitAuthFlowsType::AllowUserPasswordAuth)
        .explicit_auth_flows(ExplicitAuthFlowsType::AllowRefreshTokenAuth)
        .send()
        .await?;
    let id = created.user_pool_client.and_then(|client| client.client_id);
    id.context("the new app client has no id")
}

async fn group(cognito: &Client, pool: &str, name: &str) -> Result<()> {
    let created = cognito
        .create_group()
        .user_pool_id(pool)
        .group_name(name)
        .send()
        .await;
    match created.map_err(|error| error.into_service_error()) {
        Ok(_) => Ok(()),
        Err(error) if error.is_group_exists_exception() => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Returns the person's `sub`. A known person keeps the password they have chosen; each step after the
/// creation is done when its result is missing, since a start may be cut off between any two.
async fn person(cognito: &Client, pool: &str, person: &Person) -> Result<String> {
    let Person {
        name,
        email,
        password,
        group,
    } = *person;
    let attribute =
        |name: &str, value: &str| AttributeType::builder().name(name).value(value).build();
    let created = cognito
        .admin_create_user()
        .user_pool_id(pool)
        .username(email)
        .user_attributes(attribute("email", email)?)
        .user_attributes(attribute("email_verified", "true")?)
        .user_attributes(attribute("name", name)?)
        .message_action(MessageActionType::Suppress)
        .send()
        .await;
    if let Err(error) = created.map_err(|error| error.into_service_error())
        && !error.is_username_exists_exception()
    {
        return Err(error.into());
    }
    let user = cognito
        .admin_get_user()
        .user_pool_id(pool)
        .username(email)
        .send()
        .await?;
    if user.user_status() == Some(&UserStatusType::ForceChangePassword) {
        cognito
            .admin_set_user_password()
            .user_pool_id(pool)
            .username(email)
            .password(password)
            .permanent(true)
            .send()
            .await?;
    }
    cognito
        .admin_add_user_to_group()
        .user_pool_id(pool)
        .username(email)
        .group_name(group)
        .send()
        .await?;
    let sub = user
        .user_attributes()
        .iter()
        .find(|attribute| attribute.name() == "sub");
    let sub = sub
        .and_then(|attribute| attribute.value())
        .map(str::to_owned);
    sub.context("the user has no sub")
}

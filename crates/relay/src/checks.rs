//! How our accounts stand: looked at each minute, checked each hour, and told in log and metrics.

use tributary_domain::account::Standing;
use tributary_domain::check_accounts::{Checked, check_accounts};
use tributary_domain::ports::{
    Accounts as _, Checkup, DueWork, Gates as _, MediaFetcher, Messenger, PortError,
};
use tributary_domain::surroundings::Deadline;
use tributary_domain::templates::keep_templates;
use tributary_domain::{AccountId, Channel};
use tributary_telemetry::metrics;

use crate::Relay;
use crate::work::Run;

impl<M: Messenger + MediaFetcher> Relay<M> {
    /// Tries broken accounts at once whose secret somebody has changed, and counts those that are paused.
    pub(crate) async fn look_at_accounts(&self, run: &Run) {
        match self.paused_accounts(run).await {
            Ok(paused) => metrics::accounts_paused(paused),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "the sweep could not look at the accounts");
            }
        }
    }

    async fn paused_accounts(&self, run: &Run) -> Result<u32, PortError> {
        let accounts = tributary_runtime::sending_accounts(&self.secrets).await;
        let records = self.desk.tickets.accounts(&accounts).await?;
        let mut paused = 0;
        for ((channel, account), record) in accounts.into_iter().zip(records) {
            let is_broken = self
                .desk
                .tickets
                .gate(channel, &account)
                .await?
                .broken
                .is_some();
            if is_broken {
                self.finish(DueWork::Gate(channel, account), run).await;
            }
            let is_paused = record
                .state()
                .is_some_and(|state| state.standing != Standing::Ok);
            paused += u32::from(is_broken || is_paused);
        }
        Ok(paused)
    }
}

impl<M> Relay<M> {
    /// Those of the platforms, which can be asked.
    async fn accounts_on_platforms(&self) -> Vec<(Channel, AccountId)> {
        let accounts = tributary_runtime::all_accounts(&self.secrets).await;
        accounts
            .into_iter()
            .flat_map(|(channel, ours)| ours.into_iter().map(move |one| (channel, one.id)))
            .collect()
    }
}

impl<M: Messenger> Relay<M> {
    pub(crate) async fn check_accounts(&self, deadline: Deadline) {
        let accounts = self.accounts_on_platforms().await;
        let desk = &self.desk;
        let checking = check_accounts(
            &desk.tickets,
            &self.health,
            &desk.surroundings,
            accounts,
            deadline,
        );
        match Box::pin(checking).await {
            Ok(checked) => {
                checked.iter().for_each(tell);
                self.keep_templates(&checked).await;
            }
            Err(error) => tracing::error!(
                error = &error as &dyn std::error::Error,
                "accounts were not checked"
            ),
        }
    }
}

impl<M: Messenger> Relay<M> {
    /// Looks up the templates of the numbers that were checked. What goes wrong is made good an hour later.
    async fn keep_templates(&self, checked: &[Checked]) {
        let numbers = checked.iter().filter(|c| c.channel == Channel::WhatsApp);
        for number in numbers {
            let Some(templates) = self.health.templates(&number.account).await else {
                continue;
            };
            let kept = keep_templates(&self.desk.blobs, &number.account, &templates).await;
            if let Err(error) = kept {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "the templates of a number were not kept");
            }
        }
    }
}

fn tell(checked: &Checked) {
    let Checked {
        channel,
        account,
        found,
        is_news,
    } = checked;
    let account = account.as_str();
    match found {
        Checkup::Broken(reason) => {
            tracing::error!(%channel, account, reason, is_news, "an account is paused");
        }
        Checkup::Mended(what) => tracing::warn!(%channel, account, what, "an account was mended"),
        Checkup::Good if *is_news => tracing::info!(%channel, account, "an account works"),
        Checkup::Good => {}
        Checkup::Unclear(why) => {
            tracing::info!(%channel, account, why, "an account could not be checked");
        }
    }
}

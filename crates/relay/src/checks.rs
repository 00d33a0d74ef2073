//! The hourly check of our accounts, and how it is told in the log: alarms are made of that.

use tributary_domain::Channel;
use tributary_domain::check_accounts::{Checked, check_accounts};
use tributary_domain::ports::{Checkup, Messenger};
use tributary_domain::surroundings::Deadline;
use tributary_domain::templates::keep_templates;

use crate::Relay;

impl<M: Messenger> Relay<M> {
    pub(crate) async fn check_accounts(&self, deadline: Deadline) {
        let accounts = tributary_runtime::all_accounts(&self.secrets).await;
        let accounts = accounts
            .into_iter()
            .flat_map(|(channel, ours)| ours.into_iter().map(move |one| (channel, one.id)))
            .collect();
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

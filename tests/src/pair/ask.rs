use std::time::Duration;

use lwm2m_runtime::{
    operation::Request,
    server::{self, Answer, ObservationId, RegistrationId, RequestError},
    time::Instant,
    tree::Application,
};

use super::Pair;

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Trouble {
    /// The server's engine does not take the request.
    NotTaken(RequestError),
    /// The request has ended without an answer.
    Failed(server::Failure),
}

impl<A: Application> Pair<A> {
    /// The registration of a device at a server.
    ///
    /// # Panics
    ///
    /// When there is none.
    #[must_use]
    pub fn registration_of(&self, server: usize, client: usize) -> RegistrationId {
        let endpoint = &self.clients[client].endpoint;
        self.servers[server]
            .engine
            .find(endpoint)
            .unwrap_or_else(|| panic!("{endpoint} is not registered\n{}", self.log()))
    }

    /// The registration of the first device at the first server.
    ///
    /// # Panics
    ///
    /// When there is none.
    #[must_use]
    pub fn registration(&self) -> RegistrationId {
        self.registration_of(0, 0)
    }

    /// Has the first server ask the first device.
    ///
    /// # Panics
    ///
    /// When there is no answer.
    pub fn ask(&mut self, request: &Request<'_>) -> Answer {
        self.ask_by(0, request)
    }

    /// Has a server ask the first device.
    ///
    /// # Panics
    ///
    /// When there is no answer.
    pub fn ask_by(&mut self, server: usize, request: &Request<'_>) -> Answer {
        self.try_ask(server, 0, request)
            .unwrap_or_else(|trouble| panic!("{request:?}: {trouble:?}\n{}", self.log()))
    }

    /// Has a server ask a device, and waits for the end.
    ///
    /// # Errors
    ///
    /// [`Trouble`].
    pub fn try_ask(
        &mut self,
        server: usize,
        client: usize,
        request: &Request<'_>,
    ) -> Result<Answer, Trouble> {
        let registration = self.registration_of(server, client);
        let now = self.now;
        let host = &mut self.servers[server];
        let id = host
            .engine
            .request(now, registration, request)
            .map_err(Trouble::NotTaken)?;
        let mut seen = host.events.len();
        let mut end = None;
        self.until(Duration::from_secs(1_000), "an answer", |pair| {
            let events = &pair.servers[server].events;
            for (_, event) in &events[seen..] {
                match event {
                    server::Event::Response { request, answer, .. } if *request == id => {
                        end = Some(Ok(answer.clone()));
                    }
                    server::Event::Failed { request, failure, .. } if *request == id => {
                        end = Some(Err(Trouble::Failed(*failure)));
                    }
                    _ => {}
                }
            }
            seen = events.len();
            end.is_some()
        });
        end.unwrap_or_else(|| panic!("no answer\n{}", self.log()))
    }

    /// Has the first server observe the first device, and waits for the first value.
    ///
    /// # Panics
    ///
    /// When the device does not observe it.
    pub fn observe(&mut self, request: &Request<'_>) -> (ObservationId, Answer) {
        self.observe_by(0, request)
    }

    /// Has a server observe the first device, and waits for the first value.
    ///
    /// # Panics
    ///
    /// When the device does not observe it.
    pub fn observe_by(&mut self, server: usize, request: &Request<'_>) -> (ObservationId, Answer) {
        match self.try_observe(server, request) {
            Ok(started) => started,
            Err(end) => panic!("{request:?}: {end:?}\n{}", self.log()),
        }
    }

    /// Has a server observe the first device, and waits for the first value or the end.
    ///
    /// # Errors
    ///
    /// How it ended.
    pub fn try_observe(
        &mut self,
        server: usize,
        request: &Request<'_>,
    ) -> Result<(ObservationId, Answer), server::ObservationEnd> {
        let registration = self.registration_of(server, 0);
        let now = self.now;
        let host = &mut self.servers[server];
        let id = host
            .engine
            .observe(now, registration, request)
            .unwrap_or_else(|error| panic!("{request:?}: {error}"));
        let mark = host.events.len();
        let mut end = None;
        self.until(Duration::from_secs(1_000), "an observation", |pair| {
            end = pair.servers[server].events[mark..]
                .iter()
                .find_map(|(_, event)| match event {
                    server::Event::ObservationStarted {
                        observation, answer, ..
                    } if *observation == id => Some(Ok((id, answer.clone()))),
                    server::Event::ObservationEnded {
                        observation, reason, ..
                    } if *observation == id => Some(Err(reason.clone())),
                    _ => None,
                });
            end.is_some()
        });
        end.unwrap_or_else(|| panic!("no answer\n{}", self.log()))
    }

    /// The notifications of an observation at the first server, and when each came.
    #[must_use]
    pub fn notifications(&self, id: ObservationId) -> Vec<(Instant, Answer)> {
        self.notifications_at(0, id)
    }

    /// The notifications of an observation at a server, and when each came.
    #[must_use]
    pub fn notifications_at(&self, server: usize, id: ObservationId) -> Vec<(Instant, Answer)> {
        let events = self.servers[server].events.iter();
        events
            .filter_map(|(at, event)| match event {
                server::Event::Notification {
                    observation, answer, ..
                } if *observation == id => Some((*at, answer.clone())),
                _ => None,
            })
            .collect()
    }
}

//! What went wrong, and what can be done about it.

use lwm2m_runtime::{
    client::{BootstrapFailure, RegistrationFailure, SendFailure},
    coap::Failure,
    operation::Status,
};

pub(crate) fn registration(failure: RegistrationFailure) -> String {
    match failure {
        RegistrationFailure::Disconnected => {
            "it has no address that can be reached; look at its URI".to_owned()
        }
        RegistrationFailure::Exchange(failure) => exchange(failure),
        RegistrationFailure::Refused(Status::Forbidden) => {
            "4.03 Forbidden: it does not let this endpoint in; look at --endpoint".to_owned()
        }
        RegistrationFailure::Refused(Status::PreconditionFailed) => {
            "4.12 Precondition Failed: it has none of the versions of LwM2M; choose one with --lwm2m"
                .to_owned()
        }
        RegistrationFailure::Refused(status) => format!("it answers {status}"),
        RegistrationFailure::Answer => "its answer makes no sense".to_owned(),
        _ => "the request is too large; choose a shorter --endpoint, or fewer objects".to_owned(),
    }
}

pub(crate) fn bootstrap(failure: BootstrapFailure) -> String {
    match failure {
        BootstrapFailure::Disconnected => {
            "it has no address that can be reached; look at --bootstrap".to_owned()
        }
        BootstrapFailure::Exchange(failure) => exchange(failure),
        BootstrapFailure::Refused(Status::BadRequest) => {
            "4.00 Bad Request: it has no configuration for this endpoint; look at --endpoint".to_owned()
        }
        BootstrapFailure::Refused(status) => format!("it answers {status}"),
        BootstrapFailure::Answer => "its answer makes no sense".to_owned(),
        BootstrapFailure::Request => "the request is too large; choose a shorter --endpoint".to_owned(),
        BootstrapFailure::TimedOut => "it did not finish in time; what it had written is undone".to_owned(),
        BootstrapFailure::Stopped => "the device stops; what was written is undone".to_owned(),
        other => format!("{other:?}"),
    }
}

pub(crate) fn send(failure: SendFailure) -> String {
    match failure {
        SendFailure::Exchange(failure) => exchange(failure),
        SendFailure::Refused(status) => format!("it answers {status}"),
        _ => "its answer makes no sense".to_owned(),
    }
}

fn exchange(failure: Failure) -> String {
    match failure {
        Failure::TimedOut => "it does not answer; is it there?".to_owned(),
        Failure::Reset => "it rejects the message; is it a server of LwM2M?".to_owned(),
        other => format!("the exchange has failed: {other:?}"),
    }
}

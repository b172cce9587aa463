//! Queue mode between both engines (section 11.3 of the scenarios; LwM2M Core 1.2, section 6.5).
//!
//! | file | what |
//! |---|---|
//! | `sleeping` | the device sleeps, the server waits |
//! | `awake` | how long a device listens, to the second, and what wakes it |
//! | `delivery` | in which order, until when and how many; what ends what waits |
//! | `faults` | a fault at every message: every request ends once, and nothing is done twice |

mod awake;
mod delivery;
mod faults;
mod sleeping;

use lwm2m_runtime::{
    client::ClientConfig,
    model::Version,
    operation::{Arguments, ExecuteInput, Request, Status},
    server::{self, Failure, RequestError, RequestId, ServerConfig},
};
use lwm2m_tests::pair::{Pair, Program, path};

use crate::fixtures::{client, device_battery, portfolio, server_minimum, tree};

/// A device in queue mode with a lifetime of 240 s.
fn asleep(version: Version, config: ServerConfig) -> Pair<Program> {
    let mut account = server_minimum(0);
    account.lifetime = 240;
    account.mute_send = Some(false);
    if version < Version::V1_1 {
        account.binding = "UQ".into();
    }
    let config_of_client = ClientConfig {
        queue_mode: true,
        ..client(version)
    };
    let mut tree = tree(account, device_battery());
    tree.insert_dynamic(0, portfolio()).unwrap();
    let mut pair = Pair::new(config, config_of_client, tree, Program::default());
    pair.clients[0].deaf_asleep = true;
    pair.start();
    pair.run_secs(93);
    assert!(pair.client().is_asleep(), "{}", pair.log());
    pair
}

fn request(pair: &mut Pair<Program>, request: &Request<'_>) -> Result<RequestId, RequestError> {
    let (now, registration) = (pair.now, pair.registration());
    pair.servers[0].engine.request(now, registration, request)
}

fn read(pair: &mut Pair<Program>, at: &str) -> RequestId {
    let request_ = Request::Read {
        path: path(at),
        accept: None,
    };
    request(pair, &request_).unwrap()
}

/// What became of a request: the status of its answer, or why there is none.
fn end(pair: &Pair<Program>, id: RequestId) -> Option<Result<Status, Failure>> {
    pair.servers[0].events.iter().find_map(|(_, event)| match event {
        server::Event::Response { request, answer, .. } if *request == id => Some(Ok(answer.status)),
        server::Event::Failed { request, failure, .. } if *request == id => Some(Err(*failure)),
        _ => None,
    })
}

/// An Execute that can be told from others.
fn execute(pair: &mut Pair<Program>, number: usize) -> RequestId {
    let arguments = format!("0='{number}'");
    let asked = Request::Execute {
        path: path("/3/0/12"),
        input: ExecuteInput::new(Arguments::parse(arguments.as_bytes()).unwrap()),
    };
    request(pair, &asked).unwrap()
}

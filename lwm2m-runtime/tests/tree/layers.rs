//! An application in front of another one.

use lwm2m_runtime::{
    encoding::{ContentFormat, FormatSet, Negotiation},
    model::{Path, Version},
    operation::{ExecuteInput, Payload, Request, Status, WriteMode},
    reporting::AttachedAttributes,
    tree::{Application, Asker, Block, Tree, Write},
};

use super::support::{Program, path, tree};

/// Refuses writes of one resource, and leaves the rest to the program.
struct Front<'a> {
    program: &'a mut Program,
    refused: Path,
}

impl Application for Front<'_> {
    fn inner(&mut self) -> Option<&mut dyn Application> {
        Some(self.program)
    }

    fn write(&mut self, tree: &Tree, write: &Write<'_>) -> Result<(), Status> {
        match write.path == self.refused {
            true => Err(Status::Unauthorized),
            false => self.program.write(tree, write),
        }
    }
}

/// Everything that an application is asked, and what came of it.
fn everything(application: &mut dyn Application) -> Vec<Status> {
    let mut tree = tree();
    let formats = Negotiation::with_server(Version::V1_1, FormatSet::ALL);
    let asker = Asker::new(1, &formats);
    let text = |at: &str, text: &'static str| Request::Write {
        path: path(at),
        mode: WriteMode::Replace,
        payload: Payload::new(ContentFormat::TEXT, text.as_bytes()),
    };
    let create = Payload::new(
        ContentFormat::SENML_JSON,
        b"[{\"bn\":\"/16/7/0/\",\"n\":\"0\",\"vs\":\"new\"}]",
    );
    let requests = [
        Request::Read {
            path: path("/3/0/9"),
            accept: None,
        },
        text("/3/0/14", "+02:00"),
        text("/42769/0/0", "7"),
        Request::Execute {
            path: path("/42769/0/8"),
            input: ExecuteInput::None,
        },
        Request::Create {
            object: 16,
            payload: create,
        },
        Request::Delete { path: path("/16/7") },
    ];
    let mut statuses: Vec<Status> = requests
        .iter()
        .map(|request| {
            let mut attached = AttachedAttributes::new(1);
            let outcome = tree.perform(asker, &mut attached, request, application, &mut Vec::new());
            outcome.status
        })
        .collect();
    let stream = path("/42769/0/5");
    let streams = application.accepts_stream(&tree, stream);
    let block = Block::new(stream, 0, b"block", true, 1);
    let written = tree.write_block(asker, &block, application);
    application.stream_abandoned(&mut tree, stream);
    statuses.push(if streams {
        Status::Content
    } else {
        Status::NotFound
    });
    statuses.push(written.err().unwrap_or(Status::Changed));
    statuses
}

#[test]
fn what_an_application_leaves_out_the_one_behind_it_does() {
    let program = || Program {
        stream: Some(path("/42769/0/5")),
        ..Program::default()
    };
    let mut alone = program();
    let expected = everything(&mut alone);
    assert!(expected.iter().all(|status| status.is_success()), "{expected:?}");
    let mut behind = program();
    let mut front = Front {
        program: &mut behind,
        refused: path("/9/9/9"),
    };
    assert_eq!(everything(&mut front), expected);
    assert_eq!(
        format!("{behind:?}"),
        format!("{alone:?}"),
        "it was asked the same"
    );

    let mut behind = program();
    let mut front = Front {
        program: &mut behind,
        refused: path("/3/0/14"),
    };
    assert_eq!(everything(&mut front)[1], Status::Unauthorized);
    assert_eq!(behind.asked.len(), alone.asked.len() - 1);
    // Nothing in front, nothing behind.
    let nobody = everything(&mut ());
    assert_eq!(nobody[3], Status::MethodNotAllowed);
}

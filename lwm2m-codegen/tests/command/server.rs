//! An HTTP/1.1 server on a free port, one thread a connection, one answer a connection.

use std::io::{BufRead as _, BufReader, Read as _, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What the server does with a request.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// Sends the bytes.
    Ok(Vec<u8>),
    /// Sends the bytes as if gzip had packed them.
    Gzip(Vec<u8>),
    /// Sends a status and no body.
    Status(u16),
    /// Sends a status that asks the client to wait.
    Later(u16, u32),
    /// Promises more bytes than it sends, then closes.
    Truncated(Vec<u8>),
    /// Sends zeros until the client has enough of them, without having said how many.
    Endless,
    /// Promises 10 GB and sends zeros until the client has enough of them.
    Huge,
    /// Sends nothing and waits until the client goes away.
    Stall,
    /// Sends the head and these bytes, then waits until the client goes away.
    StallAfter(Vec<u8>),
    /// Redirects.
    Redirect(String),
    /// Closes at once.
    Close,
}

/// A running server; it stops when it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    state: Arc<State>,
}

/// Gets the path and how often it was asked for before.
type Behaviour = dyn Fn(&str, usize) -> Answer + Send + Sync;

struct State {
    answer: Box<Behaviour>,
    requests: Mutex<Vec<String>>,
    sent: AtomicU64,
    open: AtomicUsize,
    most_open: AtomicUsize,
    stopped: AtomicBool,
}

impl Server {
    /// `answer` gets the path and how often it was asked for before.
    pub(crate) fn start(answer: impl Fn(&str, usize) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            answer: Box::new(answer),
            requests: Mutex::new(Vec::new()),
            sent: AtomicU64::new(0),
            open: AtomicUsize::new(0),
            most_open: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
        });
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if shared.stopped.load(Ordering::SeqCst) {
                    break;
                }
                let (Ok(stream), state) = (stream, Arc::clone(&shared)) else {
                    continue;
                };
                thread::spawn(move || state.serve(&stream));
            }
        });
        Self { address, state }
    }

    /// The root of the tree.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// The paths asked for so far, in ascending order.
    pub(crate) fn requests(&self) -> Vec<String> {
        let mut requests = self.state.requests.lock().unwrap().clone();
        requests.sort();
        requests
    }

    /// How many bytes of bodies the clients' side took.
    pub(crate) fn sent(&self) -> u64 {
        self.state.sent.load(Ordering::SeqCst)
    }

    /// How many requests were open at one time.
    pub(crate) fn most_open(&self) -> usize {
        self.state.most_open.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.state.stopped.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

impl State {
    fn serve(&self, stream: &TcpStream) {
        let Some(path) = read_request(stream) else { return };
        let open = self.open.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_open.fetch_max(open, Ordering::SeqCst);
        let before = {
            let mut requests = self.requests.lock().unwrap();
            let before = requests.iter().filter(|seen| **seen == path).count();
            requests.push(path.clone());
            before
        };
        let answer = (self.answer)(&path, before);
        self.open.fetch_sub(1, Ordering::SeqCst);
        // The client may go away at any time; that is what many tests are about.
        let _ = self.send(stream, answer);
    }

    fn send(&self, mut stream: &TcpStream, answer: Answer) -> std::io::Result<()> {
        match answer {
            Answer::Ok(body) => {
                head(stream, 200, &format!("Content-Length: {}\r\n", body.len()))?;
                self.body(stream, &body)
            }
            Answer::Gzip(body) => {
                head(
                    stream,
                    200,
                    &format!("Content-Encoding: gzip\r\nContent-Length: {}\r\n", body.len()),
                )?;
                self.body(stream, &body)
            }
            Answer::Status(status) => head(stream, status, "Content-Length: 0\r\n"),
            Answer::Later(status, seconds) => head(
                stream,
                status,
                &format!("Retry-After: {seconds}\r\nContent-Length: 0\r\n"),
            ),
            Answer::Truncated(body) => {
                head(stream, 200, &format!("Content-Length: {}\r\n", body.len() + 1))?;
                self.body(stream, &body)
            }
            Answer::Endless => {
                head(stream, 200, "")?;
                self.zeros(stream)
            }
            Answer::Huge => {
                head(stream, 200, "Content-Length: 10000000000\r\n")?;
                self.zeros(stream)
            }
            Answer::Stall => wait_for_end(stream),
            Answer::StallAfter(body) => {
                head(stream, 200, &format!("Content-Length: {}\r\n", body.len() + 1))?;
                self.body(stream, &body)?;
                stream.flush()?;
                wait_for_end(stream)
            }
            Answer::Redirect(to) => head(stream, 302, &format!("Location: {to}\r\nContent-Length: 0\r\n")),
            Answer::Close => Ok(()),
        }
    }

    fn body(&self, mut stream: &TcpStream, body: &[u8]) -> std::io::Result<()> {
        stream.write_all(body)?;
        self.sent.fetch_add(body.len() as u64, Ordering::SeqCst);
        Ok(())
    }

    fn zeros(&self, stream: &TcpStream) -> std::io::Result<()> {
        let block = vec![b'0'; 1 << 16];
        while !self.stopped.load(Ordering::SeqCst) {
            self.body(stream, &block)?;
        }
        Ok(())
    }
}

fn read_request(stream: &TcpStream) -> Option<String> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header).ok()? <= 2 {
            return Some(path);
        }
    }
}

fn head(mut stream: &TcpStream, status: u16, headers: &str) -> std::io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 {status} Answer\r\nConnection: close\r\n{headers}\r\n"
    )
}

/// Until the client closes; an hour if it never does.
fn wait_for_end(mut stream: &TcpStream) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(3600)))?;
    stream.read(&mut [0]).map(drop)
}

//! Chromium without a screen, driven by chromedriver. It reaches this machine alone.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use examples::database;
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::{Method, Url};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Width and height of the windows, in CSS pixels.
pub const DESKTOP: (u32, u32) = (1200, 900);
pub const PHONE: (u32, u32) = (360, 740);

/// How long a page may take.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Browser {
    pub client: Client,
    driver: Child,
    folder: TempDir,
    screenshots: PathBuf,
}

/// A command of Chromium's own protocol.
#[derive(Debug)]
struct Devtools {
    command: &'static str,
    parameters: Value,
}

type ParseError = <Url as std::str::FromStr>::Err;

impl WebDriverCompatibleCommand for Devtools {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({"cmd": self.command, "params": self.parameters}).to_string()))
    }
}

impl Browser {
    /// Starts the chromedriver that `TEST_CHROMEDRIVER` names, on a port of its own.
    pub async fn start() -> Self {
        let program = std::env::var("TEST_CHROMEDRIVER").expect("TEST_CHROMEDRIVER is set");
        let mut driver = Command::new(program).arg("--port=0").stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(driver.stdout.take().unwrap()).lines().map_while(Result::ok);
        let port = lines.filter_map(|line| {
            line.split_once("successfully on port ")?.1.trim_end_matches('.').parse::<u16>().ok()
        });
        let port = { port }.next().expect("chromedriver says its port");
        let folder = tempfile::tempdir().unwrap();
        let arguments = [
            "--headless=new",
            // Tests run as root in containers, where Chromium has no sandbox of its own.
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            &format!("--user-data-dir={}", folder.path().join("profile").display()),
        ]
        .map(str::to_owned);
        let capabilities = json!({"goog:chromeOptions": {"args": arguments}});
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities.as_object().unwrap().clone());
        let client = builder.connect(&format!("http://127.0.0.1:{port}")).await.expect("Chromium starts");
        let screenshots = database::target().unwrap().join("screenshots");
        std::fs::create_dir_all(&screenshots).unwrap();
        let browser = Self { client, driver, folder, screenshots };
        let saved = browser.folder.path().join("saved");
        browser
            .devtools("Browser.setDownloadBehavior", json!({"behavior": "allow", "downloadPath": saved}))
            .await;
        browser.resize(DESKTOP).await;
        browser
    }

    pub async fn close(mut self) {
        self.client.clone().close().await.unwrap();
        self.driver.kill().unwrap();
        self.driver.wait().unwrap();
    }

    async fn devtools(&self, command: &'static str, parameters: Value) {
        self.client.issue_cmd(Devtools { command, parameters }).await.unwrap();
    }

    pub async fn resize(&self, (width, height): (u32, u32)) {
        let metrics =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500});
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Prefers a colour scheme.
    pub async fn prefer(&self, scheme: &str) {
        let feature = json!({"name": "prefers-color-scheme", "value": scheme});
        self.devtools("Emulation.setEmulatedMedia", json!({"features": [feature]})).await;
    }

    /// Presses a key, wherever the focus is.
    pub async fn press(&self, value: char) {
        let keys = KeyActions::new("keyboard".to_owned());
        let keys = keys.then(KeyAction::Down { value }).then(KeyAction::Up { value });
        self.client.perform_actions(keys).await.unwrap();
    }

    /// Types a text, wherever the focus is.
    pub async fn write(&self, text: &str) {
        for letter in text.chars() {
            self.press(letter).await;
        }
    }

    /// What an expression of JavaScript gives. (The pages' own policy does not hold for it.)
    pub async fn value(&self, expression: &str) -> Value {
        self.client.execute(&format!("return {expression}"), Vec::new()).await.unwrap()
    }

    pub async fn is_true(&self, expression: &str) -> bool {
        self.value(expression).await == true
    }

    /// The path of the page, with its query.
    pub async fn path(&self) -> String {
        let url = self.client.current_url().await.unwrap();
        url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
    }

    pub async fn wait_for(&self, selector: &str) {
        self.client.wait().at_most(PATIENCE).for_element(Locator::Css(selector)).await.unwrap();
    }

    pub async fn screenshot(&self, name: &str) {
        let png = self.client.screenshot().await.unwrap();
        std::fs::write(self.screenshots.join(name).with_extension("png"), png).unwrap();
    }

    /// The text of the file with this extension that was saved.
    pub async fn saved(&self, extension: &str) -> String {
        let until = tokio::time::Instant::now() + PATIENCE;
        while tokio::time::Instant::now() < until {
            let files = std::fs::read_dir(self.folder.path().join("saved")).into_iter().flatten();
            let paths = files.map(|file| file.unwrap().path());
            if let Some(path) = { paths }.find(|path| path.extension().is_some_and(|e| e == extension)) {
                return std::fs::read_to_string(path).unwrap();
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("no file is saved");
    }
}

impl Drop for Browser {
    /// Where a test fails, its driver ends all the same, and Chromium with it.
    fn drop(&mut self) {
        let _ = self.driver.kill();
    }
}

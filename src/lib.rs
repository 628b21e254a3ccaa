//! lifang
pub mod domain;
pub mod import;
pub mod sample;
pub mod store;
pub mod cli {
    pub fn run(_: std::env::ArgsOs) -> std::process::ExitCode {
        std::process::ExitCode::SUCCESS
    }
}

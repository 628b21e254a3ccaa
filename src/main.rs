//! Opens the door: hands the arguments to [`lifang::cli`] and turns its answer into an exit code.

fn main() -> std::process::ExitCode {
    lifang::cli::run(std::env::args_os())
}

//! What HTTP says when it cannot answer: the one map from our errors to status, code and words.
//!
//! A handler returns a [`Problem`]; it travels as an extension of the response, and [`super::guard`]
//! writes its body in the language asked for. RFC 9457, `application/problem+json`.
//!
//! **Why** one closed list: codes are a promise to scripts and to the page, and the compiler asks for
//! the words of each. Inner causes go to the log, never to the caller.

use std::sync::Arc;

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{CONNECTION, CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse, Response};

use super::lang::Lang;
use super::wire::{
    AnyIssue, CheckRow, EditIssue, HistoryRow, Issue, ProblemBody, RebaseConflict, history_codes,
};
use crate::desk::DeskError;
use crate::domain::decide::lifecycle::{Check, Hindrance};
use crate::domain::decide::{Refusal, edits};
use crate::domain::ids::PlanId;
use crate::domain::issue;
use crate::domain::measure::Revision;
use crate::domain::plan::log::Entry;
use crate::domain::world::World;
use crate::import::ImportError;
use crate::store::StoreError;

/// Every way an answer can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    BadQuery,
    BadPosition,
    BadMeasure,
    UnknownRoute,
    UnknownArea,
    UnknownPlan,
    UnknownGrid,
    UnknownBuilding,
    UnknownImport,
    UnknownJob,
    UnknownKind,
    UnknownExport,
    UnknownLayer,
    BadTile,
    Method,
    ForeignHost,
    ForeignOrigin,
    LongUrl,
    BigHeaders,
    BigBody,
    SlowBody,
    NotMultipart,
    BadMultipart,
    NoFile,
    BadColumns,
    BadRequest,
    /// A file could not be read; the code is one of `issue::CODES`.
    File(&'static str),
    /// The same, because it passes a limit.
    FileLimit(&'static str),
    BadJson,
    DeepJson,
    Unsound,
    Locked,
    Stale,
    NotDraft,
    NothingToUndo,
    NothingToRedo,
    BuiltOn,
    Conflicts,
    /// A step of a plan's life that cannot be taken.
    NotInReview,
    PlanOver,
    PlanInForce,
    SamePerson,
    PastDay,
    DayTaken,
    BeforeBase,
    PlanStops,
    BorderMoved,
    HasFollowers,
    NotDeletable,
    UnknownCheck,
    NotAcceptable,
    NoReason,
    LongReason,
    NoTitle,
    UnknownComment,
    NoText,
    LongText,
    BadDay,
    AtWithPlan,
    NoBorder,
    NotAllowed,
    Broken,
    NotFound,
    DiskFull,
    Store,
    Busy,
    Closing,
    Internal,
}

/// Status, stable code, words.
struct Says(StatusCode, &'static str, &'static str, &'static str);

impl Fault {
    fn says(self) -> Says {
        use StatusCode as S;
        match self {
            Self::BadQuery => Says(
                S::BAD_REQUEST,
                "request.bad-query",
                "请求参数有误",
                "a parameter of the request is wrong",
            ),
            Self::BadPosition => Says(
                S::BAD_REQUEST,
                "request.bad-position",
                "坐标无效",
                "the position is not on the globe",
            ),
            Self::BadMeasure => Says(
                S::BAD_REQUEST,
                "request.bad-measure",
                "不能按此项分级",
                "classes are not made for this measure",
            ),
            Self::UnknownRoute => Says(
                S::NOT_FOUND,
                "request.unknown-route",
                "没有这个地址",
                "there is nothing at this address",
            ),
            Self::UnknownArea => {
                Says(S::NOT_FOUND, "area.unknown", "没有这个区域", "there is no such area")
            }
            Self::UnknownPlan => {
                Says(S::NOT_FOUND, "plan.unknown", "没有这个方案", "there is no such plan")
            }
            Self::UnknownGrid => {
                Says(S::NOT_FOUND, "grid.unknown", "没有这个网格", "there is no such grid")
            }
            Self::UnknownBuilding => {
                Says(S::NOT_FOUND, "building.unknown", "没有这栋楼", "there is no such building")
            }
            Self::UnknownJob => Says(
                S::NOT_FOUND,
                "job.unknown",
                "没有这项任务，或已结束多时",
                "no such job, or it ended long ago",
            ),
            Self::UnknownImport => {
                Says(S::NOT_FOUND, "import.unknown", "没有这次导入", "there is no such import")
            }
            Self::UnknownKind => Says(
                S::NOT_FOUND,
                "import.unknown-kind",
                "不认识的导入类型",
                "files of this kind cannot be imported",
            ),
            Self::UnknownExport => Says(
                S::NOT_FOUND,
                "export.unknown",
                "没有这个导出文件",
                "there is no such file to take away",
            ),
            Self::UnknownLayer => {
                Says(S::NOT_FOUND, "tile.unknown-layer", "没有这个图层", "there is no such layer")
            }
            Self::BadTile => Says(
                S::BAD_REQUEST,
                "tile.out-of-range",
                "瓦片编号超出范围",
                "the tile is out of range",
            ),
            Self::Method => Says(
                S::METHOD_NOT_ALLOWED,
                "request.method",
                "此地址不支持该方法",
                "this address does not take that method",
            ),
            Self::ForeignHost => Says(
                S::MISDIRECTED_REQUEST,
                "request.foreign-host",
                "只应答本机地址",
                "only requests to this machine's own name are answered",
            ),
            Self::ForeignOrigin => Says(
                S::FORBIDDEN,
                "request.foreign-origin",
                "不接受来自其他网站的写入",
                "another site's page may not change anything here",
            ),
            Self::LongUrl => {
                Says(S::URI_TOO_LONG, "request.long-url", "网址过长", "the address is too long")
            }
            Self::BigHeaders => Says(
                S::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "request.big-headers",
                "请求头过大",
                "the request's headers are too large",
            ),
            Self::BigBody => Says(
                S::PAYLOAD_TOO_LARGE,
                "request.big-body",
                "内容过大",
                "the body of the request is too large",
            ),
            Self::SlowBody => Says(
                S::REQUEST_TIMEOUT,
                "request.slow-body",
                "上传过慢，已中止",
                "the request came in too slowly",
            ),
            Self::NotMultipart => Says(
                S::UNSUPPORTED_MEDIA_TYPE,
                "request.not-multipart",
                "应以 multipart/form-data 上传",
                "a file comes as multipart/form-data",
            ),
            Self::BadMultipart => Says(
                S::BAD_REQUEST,
                "request.bad-multipart",
                "上传内容不完整或格式有误",
                "the multipart body is broken",
            ),
            Self::NoFile => {
                Says(S::BAD_REQUEST, "request.no-file", "没有文件", "the form holds no file")
            }
            Self::BadColumns => Says(
                S::BAD_REQUEST,
                "request.bad-columns",
                "列对应写法有误，应为 字段=列名",
                "columns are given as field=header",
            ),
            Self::BadRequest => {
                Says(S::BAD_REQUEST, "request.bad", "请求有误", "the request is wrong")
            }
            Self::File(code) => {
                let words = issue::words(code);
                Says(S::UNPROCESSABLE_ENTITY, code, words.zh, words.en)
            }
            Self::FileLimit(code) => {
                let words = issue::words(code);
                Says(S::PAYLOAD_TOO_LARGE, code, words.zh, words.en)
            }
            Self::BadJson => Says(
                S::UNPROCESSABLE_ENTITY,
                "request.bad-json",
                "内容不是约定的 JSON",
                "the body is not the JSON that is asked for",
            ),
            Self::DeepJson => Says(
                S::UNPROCESSABLE_ENTITY,
                "request.deep-json",
                "JSON 嵌套过深",
                "the JSON is nested too deep",
            ),
            Self::Unsound => Says(
                S::UNPROCESSABLE_ENTITY,
                "edit.refused",
                "修改不能成立，未作任何改动",
                "the edit cannot stand; nothing was changed",
            ),
            Self::Locked => Says(S::CONFLICT, "grid.locked", "网格已锁定", "the grid is locked"),
            Self::Stale => Says(
                S::PRECONDITION_FAILED,
                "edit.stale",
                "其他人已改动同一处",
                "somebody changed the same place meanwhile",
            ),
            Self::NotDraft => {
                Says(S::CONFLICT, "plan.not-draft", "只有草案可以修改", "only drafts can be edited")
            }
            Self::NothingToUndo => Says(
                S::CONFLICT,
                "edit.nothing-to-undo",
                "没有可撤销的改动",
                "there is nothing to take back",
            ),
            Self::NothingToRedo => Says(
                S::CONFLICT,
                "edit.nothing-to-redo",
                "没有可重做的改动",
                "there is nothing to do again",
            ),
            Self::BuiltOn => Says(
                S::CONFLICT,
                "edit.built-on",
                "之后已有其他改动，不能撤销",
                "something was built on it since; it cannot be taken back",
            ),
            Self::Conflicts => Says(
                S::CONFLICT,
                "plan.conflicts",
                "草案与现行方案改了同一处，请先逐处选定",
                "the draft and what counts now changed the same ground; settle each place first",
            ),
            Self::NotInReview => Says(
                S::CONFLICT,
                "plan.not-in-review",
                "方案不在审核中，请先送审",
                "the plan is not in review; submit it first",
            ),
            Self::PlanOver => Says(
                S::CONFLICT,
                "plan.over",
                "方案已撤回或失效，请另建草案",
                "the plan was withdrawn or is over; start a draft from it instead",
            ),
            Self::PlanInForce => Says(
                S::CONFLICT,
                "plan.in-force",
                "方案已生效，不能撤回；请发布新方案代替",
                "the plan counts already and cannot be withdrawn; publish another one to replace it",
            ),
            Self::SamePerson => Says(
                S::FORBIDDEN,
                "plan.same-person",
                "起草人不能批准自己的方案，请由他人批准",
                "who started a plan may not approve it; somebody else has to",
            ),
            Self::PastDay => Says(
                S::UNPROCESSABLE_ENTITY,
                "plan.past-day",
                "生效日期已过，请选今天或以后的日期",
                "that day is over; choose today or a later day",
            ),
            Self::DayTaken => Says(
                S::CONFLICT,
                "plan.day-taken",
                "同一社区当日已有其他方案生效，请另选日期",
                "another plan begins in one of its communities on that day; choose another day",
            ),
            Self::BeforeBase => Says(
                S::CONFLICT,
                "plan.before-base",
                "不能早于所依据方案的生效日期",
                "it cannot count before the plan it follows does, which begins on",
            ),
            Self::PlanStops => Says(
                S::UNPROCESSABLE_ENTITY,
                "plan.stops",
                "仍有必须解决的问题",
                "something has to be mended first",
            ),
            Self::BorderMoved => Says(
                S::CONFLICT,
                "plan.border-moved",
                "社区边界已变，请从现行方案另建草案",
                "the communities' border has moved since; start a new draft from what counts now",
            ),
            Self::HasFollowers => Says(
                S::CONFLICT,
                "plan.has-followers",
                "有其他方案以此为依据，请先删除那些方案",
                "other plans are based on it; delete those first",
            ),
            Self::NotDeletable => Says(
                S::CONFLICT,
                "plan.not-deletable",
                "只能删除草案或从未批准的方案；审核中的请先退回",
                "only drafts and plans nobody approved can be deleted; return one that is in review first",
            ),
            Self::UnknownCheck => {
                Says(S::NOT_FOUND, "check.unknown", "没有这条提示", "there is no such warning")
            }
            Self::NotAcceptable => Says(
                S::CONFLICT,
                "check.not-acceptable",
                "此项必须解决，不能接受",
                "this has to be mended and cannot be accepted",
            ),
            Self::NoReason => Says(
                S::UNPROCESSABLE_ENTITY,
                "review.no-reason",
                "请说明理由",
                "a reason is needed",
            ),
            Self::LongReason => Says(
                S::UNPROCESSABLE_ENTITY,
                "review.long-reason",
                "理由过长或含非法字符（最多 500 字）",
                "the reason is longer than 500 characters or holds control characters",
            ),
            Self::NoTitle => {
                Says(S::UNPROCESSABLE_ENTITY, "plan.no-title", "请填写名称", "a title is needed")
            }
            Self::UnknownComment => Says(
                S::NOT_FOUND,
                "comment.unknown",
                "没有这条意见，或没有所指网格",
                "there is no such comment, or not the grid it is about",
            ),
            Self::NoText => {
                Says(S::UNPROCESSABLE_ENTITY, "comment.empty", "意见为空", "the comment is empty")
            }
            Self::LongText => Says(
                S::UNPROCESSABLE_ENTITY,
                "comment.too-long",
                "意见过长或含非法字符（最多 2000 字）",
                "the comment is longer than 2,000 characters or holds control characters",
            ),
            Self::BadDay => Says(
                S::UNPROCESSABLE_ENTITY,
                "at.bad-day",
                "日期无效，应为 年-月-日",
                "that is no date; write it as YYYY-MM-DD",
            ),
            Self::NoBorder => Says(
                S::NOT_FOUND,
                "border.none-near",
                "附近没有网格边界",
                "no border of a grid is near that place",
            ),
            Self::AtWithPlan => Says(
                S::UNPROCESSABLE_ENTITY,
                "at.with-plan",
                "指定日期时方案应为 current",
                "a date goes with the plan `current` only",
            ),
            Self::NotAllowed => {
                Says(S::FORBIDDEN, "command.not-allowed", "没有权限", "this is not allowed")
            }
            Self::Broken => Says(
                S::UNPROCESSABLE_ENTITY,
                "command.broken",
                "整体无法成立，未作任何改动",
                "the whole cannot stand; nothing was changed",
            ),
            Self::NotFound => Says(
                S::NOT_FOUND,
                "command.not-found",
                "对象不存在",
                "what the command names is not there",
            ),
            Self::DiskFull => Says(
                S::INSUFFICIENT_STORAGE,
                "store.disk-full",
                "磁盘已满，未作任何改动",
                "the disk is full; nothing was changed",
            ),
            Self::Store => Says(
                S::SERVICE_UNAVAILABLE,
                "store.failed",
                "数据库无法读写，未作任何改动",
                "the database could not be read or written; nothing was changed",
            ),
            Self::Busy => Says(
                S::SERVICE_UNAVAILABLE,
                "server.busy",
                "服务繁忙，请稍后再试",
                "the server is busy; try again",
            ),
            Self::Closing => Says(
                S::SERVICE_UNAVAILABLE,
                "server.closing",
                "服务正在关闭",
                "the server is closing",
            ),
            Self::Internal => Says(
                S::INTERNAL_SERVER_ERROR,
                "server.internal",
                "内部错误，未作任何改动",
                "something failed inside; nothing was changed",
            ),
        }
    }

    pub fn status(self) -> StatusCode {
        self.says().0
    }

    pub fn code(self) -> &'static str {
        self.says().1
    }

    /// The fault that stands for an answer made by the router itself.
    pub fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::UnknownRoute,
            StatusCode::METHOD_NOT_ALLOWED => Self::Method,
            StatusCode::PAYLOAD_TOO_LARGE => Self::BigBody,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::NotMultipart,
            StatusCode::REQUEST_TIMEOUT => Self::SlowBody,
            status if status.is_server_error() => Self::Internal,
            _ => Self::BadRequest,
        }
    }

    /// Whether the rest of the connection cannot be trusted or waited for.
    fn closes_connection(self) -> bool {
        matches!(
            self.status(),
            StatusCode::REQUEST_TIMEOUT
                | StatusCode::PAYLOAD_TOO_LARGE
                | StatusCode::URI_TOO_LONG
                | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
        )
    }
}

/// A fault with what is known about this one.
#[derive(Clone, Debug)]
pub struct Problem {
    pub fault: Fault,
    /// Name of a parameter, a limit, candidates: set behind the words.
    pub about: Option<Box<str>>,
    pub issues: Vec<issue::Issue>,
    /// What is wrong with an edit.
    pub faults: Vec<edits::Fault>,
    /// With [`Fault::Stale`]: the revision of today, and the entries since.
    pub stale: Option<Box<(Revision, Vec<Since>)>>,
    /// With [`Fault::PlanStops`]: what has to be mended, with the world it was found in.
    pub checks: Option<Box<(Arc<World>, Vec<Check>)>>,
    /// With [`Fault::Conflicts`]: all of them.
    pub conflicts: Box<[edits::Contested]>,
}

/// An entry of a plan's log with the codes of its grids.
pub type Since = (Arc<Entry>, Vec<String>);

impl Problem {
    pub fn about(fault: Fault, about: impl Into<Box<str>>) -> Self {
        Self { about: Some(about.into()), ..Self::from(fault) }
    }

    /// An edit that cannot even be said: one fault, and which stroke it is about.
    pub fn unsound(code: &'static str, about: impl Into<Box<str>>) -> Self {
        Self { faults: vec![edits::Fault::new(code)], ..Self::about(Fault::Unsound, about) }
    }

    /// A failed edit, with what `world` knows of the plan.
    pub fn of_edit(error: DeskError, world: &World, plan: PlanId) -> Self {
        match error {
            DeskError::Refused(Refusal::Stale(entries)) => {
                let told = |entry: Arc<Entry>| {
                    let codes = history_codes(world, plan, &entry.grids);
                    (entry, codes)
                };
                let entries = entries.into_iter().map(told).collect();
                Self { stale: Some(Box::new((world.revision(), entries))), ..Fault::Stale.into() }
            }
            other => other.into(),
        }
    }

    /// The whole response in `lang`.
    pub fn render(&self, lang: Lang) -> Response {
        let Says(status, code, zh, en) = self.fault.says();
        let title = lang.pick(zh, en);
        let detail = match &self.about {
            Some(about) => format!("{title}{}{about}", lang.pick("：", ": ")),
            None => title.to_owned(),
        };
        let body = ProblemBody {
            kind: format!("urn:lifang:problem:{code}"),
            title,
            status: status.as_u16(),
            code,
            detail,
            issues: self
                .issues
                .iter()
                .map(|issue| AnyIssue::OfFile(Issue::new(issue, lang)))
                .chain(self.faults.iter().map(|one| AnyIssue::OfEdit(EditIssue::new(one, lang))))
                .chain(self.checks.iter().flat_map(|found| {
                    let (world, checks) = &**found;
                    let told = |one| AnyIssue::OfPlan(CheckRow::new(world, one, lang));
                    checks.iter().map(told)
                }))
                .collect(),
            revision: self.stale.as_ref().map(|stale| stale.0.0),
            changes: self.stale.as_ref().map(|stale| {
                let row =
                    |(entry, codes): &Since| HistoryRow::new(entry, codes.clone(), false, lang);
                stale.1.iter().map(row).collect()
            }),
            conflicts: self.conflicts.iter().map(RebaseConflict::new).collect(),
        };
        let body = serde_json::to_vec(&body).expect("a problem is plain data");
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        let media = HeaderValue::from_static("application/problem+json; charset=utf-8");
        headers.insert(CONTENT_TYPE, media);
        headers.insert("content-language", HeaderValue::from_static(lang.tag()));
        if self.fault.closes_connection() {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        Self {
            fault,
            about: None,
            issues: Vec::new(),
            faults: Vec::new(),
            stale: None,
            checks: None,
            conflicts: Box::default(),
        }
    }
}

/// Status and extension only; the body is written by the guard, which knows the language.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.fault.status();
        response.extensions_mut().insert(std::sync::Arc::new(self));
        response
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        let code = error.code();
        let fault = if error.is_limit() { Fault::FileLimit(code) } else { Fault::File(code) };
        let about = match &error {
            ImportError::AskDatum { candidates } => {
                let names: Vec<String> = candidates.iter().map(ToString::to_string).collect();
                Some(names.join(", ").into())
            }
            other => other.guess().map(|kind| kind.word().into()),
        };
        Self { about, issues: vec![error.as_issue()], ..fault.into() }
    }
}

impl From<Hindrance> for Problem {
    fn from(hindrance: Hindrance) -> Self {
        let titles = |titles: Vec<Box<str>>| titles.join(", ");
        match hindrance {
            Hindrance::NotInReview => Fault::NotInReview.into(),
            Hindrance::Over => Fault::PlanOver.into(),
            Hindrance::InForce => Fault::PlanInForce.into(),
            Hindrance::SamePerson => Fault::SamePerson.into(),
            Hindrance::PastDay => Fault::PastDay.into(),
            Hindrance::DayTaken(by) => Self::about(Fault::DayTaken, titles(by)),
            Hindrance::BeforeBase(day) => Self::about(Fault::BeforeBase, day.to_string()),
            // The places are added by whoever has the world at hand.
            Hindrance::Stops(_) => Fault::PlanStops.into(),
            Hindrance::BorderMoved => Fault::BorderMoved.into(),
            Hindrance::Followed(by) => Self::about(Fault::HasFollowers, titles(by)),
            Hindrance::NotDeletable => Fault::NotDeletable.into(),
            Hindrance::UnknownCheck => Fault::UnknownCheck.into(),
            Hindrance::NotAcceptable => Fault::NotAcceptable.into(),
            Hindrance::NoReason => Fault::NoReason.into(),
            Hindrance::LongReason => Fault::LongReason.into(),
            Hindrance::NoTitle => Fault::NoTitle.into(),
            Hindrance::UnknownComment => Fault::UnknownComment.into(),
            Hindrance::NoText => Fault::NoText.into(),
            Hindrance::LongText => Fault::LongText.into(),
        }
    }
}

impl From<DeskError> for Problem {
    fn from(error: DeskError) -> Self {
        match error {
            DeskError::Refused(Refusal::NotAllowed) => Fault::NotAllowed.into(),
            DeskError::Refused(Refusal::NotFound) => Fault::NotFound.into(),
            DeskError::Refused(Refusal::Broken(issues)) => Self { issues, ..Fault::Broken.into() },
            DeskError::Refused(Refusal::Unsound(faults)) => {
                Self { faults, ..Fault::Unsound.into() }
            }
            DeskError::Refused(Refusal::Locked(faults)) => Self { faults, ..Fault::Locked.into() },
            DeskError::Refused(Refusal::BuiltOn(faults)) => {
                Self { faults, ..Fault::BuiltOn.into() }
            }
            DeskError::Refused(Refusal::Conflicts(conflicts)) => {
                Self { conflicts: conflicts.into(), ..Fault::Conflicts.into() }
            }
            DeskError::Refused(Refusal::Stale(_)) => Fault::Stale.into(),
            DeskError::Refused(Refusal::Life(hindrance)) => hindrance.into(),
            DeskError::Refused(Refusal::NotDraft) => Fault::NotDraft.into(),
            DeskError::Refused(Refusal::NothingToUndo) => Fault::NothingToUndo.into(),
            DeskError::Refused(Refusal::NothingToRedo) => Fault::NothingToRedo.into(),
            DeskError::Store(error) => match &*error {
                StoreError::DiskFull(_) => Fault::DiskFull.into(),
                other => {
                    tracing::error!(error = %other, "the store failed");
                    Fault::Store.into()
                }
            },
            DeskError::Panicked => Fault::Internal.into(),
            DeskError::Closed => Fault::Closing.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_speak_both_languages() {
        let problem = Problem::about(Fault::BadQuery, "lon");
        let response = problem.render(Lang::En);
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        assert_eq!(response.headers()["content-language"], "en");
        for fault in [Fault::File("file.empty"), Fault::Internal, Fault::ForeignHost] {
            let Says(_, _, zh, en) = fault.says();
            assert!(!zh.is_ascii() && en.is_ascii(), "{fault:?}");
        }
    }

    #[test]
    fn past_a_limit_the_connection_closes() {
        for fault in [Fault::LongUrl, Fault::BigHeaders, Fault::BigBody, Fault::SlowBody] {
            assert_eq!(Problem::from(fault).render(Lang::Zh).headers()["connection"], "close");
        }
    }
}

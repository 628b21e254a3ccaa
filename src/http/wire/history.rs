//! What was done to a plan, in words.

use serde::Serialize;
use utoipa::ToSchema;

use super::time;
use crate::domain::ids::{GridKey, PlanId};
use crate::domain::plan::log::{Act, Did, Entry, Op};
use crate::domain::world::World;
use crate::http::lang::Lang;

/// One change of a plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct HistoryRow {
    pub revision: u64,
    pub id: String,
    /// `start`, `edit`, `undo`, `redo`, `rebase`, or `life` for a step of the plan's life.
    pub kind: &'static str,
    /// Revision of the edit that was taken back or done again.
    pub of: Option<u64>,
    pub who: String,
    pub when: String,
    pub what: String,
    pub ops: Vec<&'static str>,
    pub grids: Vec<String>,
    pub buildings: u32,
    /// Taken back since, and not done again.
    pub undone: bool,
    /// The reason given with a step of its life.
    pub why: String,
}

impl HistoryRow {
    pub fn new(entry: &Entry, grids: Vec<String>, undone: bool, lang: Lang) -> Self {
        let Entry { revision, id, who, at, act, did, grids: _, areas: _, why } = entry;
        let (kind, of) = match act {
            Act::Start => ("start", None),
            Act::Edit => ("edit", None),
            Act::Undo(of) => ("undo", Some(of.0)),
            Act::Redo(of) => ("redo", Some(of.0)),
            Act::Life => ("life", None),
            Act::Rebase => ("rebase", None),
        };
        Self {
            revision: revision.0,
            id: id.to_string(),
            kind,
            of,
            who: who.to_string(),
            when: time(*at),
            what: what(entry, lang),
            ops: did.iter().map(|did| did.op.word()).collect(),
            grids,
            buildings: did.iter().map(|did| did.buildings).sum(),
            undone,
            why: why.to_string(),
        }
    }
}

/// What a commit did to one draft, for those who watch.
#[derive(Debug, Serialize, ToSchema)]
pub struct EditNote {
    pub plan: u32,
    pub id: String,
    pub who: String,
    pub what: String,
    pub kind: &'static str,
}

/// The entry a plan's log got at this very revision.
pub fn edit_note(world: &World, plan: PlanId, lang: Lang) -> Option<EditNote> {
    let entry = world.plans().log(plan).last()?;
    if entry.revision != world.revision() {
        return None;
    }
    let row = HistoryRow::new(entry, Vec::new(), false, lang);
    let HistoryRow { id, who, what, kind, .. } = row;
    Some(EditNote { plan: plan.get(), id, who, what, kind })
}

/// Codes of an entry's grids, as far as the plan still has them.
pub fn codes(world: &World, plan: PlanId, grids: &[GridKey]) -> Vec<String> {
    grids
        .iter()
        .filter_map(|key| world.plans().grid(plan, *key))
        .map(|grid| grid.code.to_string())
        .collect()
}

/// An entry in a sentence.
pub fn what(entry: &Entry, lang: Lang) -> String {
    const TOLD: usize = 3;
    let mut parts: Vec<String> = entry.did.iter().take(TOLD).map(|did| stroke(did, lang)).collect();
    if entry.did.len() > TOLD {
        let more = entry.did.len() - TOLD;
        parts.push(lang.pick(format!("另 {more} 项"), format!("{more} more")));
    }
    let told = parts.join(lang.pick("；", "; "));
    match entry.act {
        Act::Start | Act::Edit | Act::Life | Act::Rebase => told,
        Act::Undo(_) => lang.pick(format!("撤销：{told}"), format!("undid: {told}")),
        Act::Redo(_) => lang.pick(format!("重做：{told}"), format!("redid: {told}")),
    }
}

fn stroke(did: &Did, lang: Lang) -> String {
    let Did { op, grids, buildings } = did;
    let names =
        || grids.iter().map(|code| code.as_str()).collect::<Vec<_>>().join(lang.pick("、", ", "));
    let first = || grids.first().map_or("", |code| code.as_str());
    let second = || grids.get(1).map_or("", |code| code.as_str());
    let (n, at, next) = (buildings, first(), second());
    match (op, lang) {
        (Op::Start, Lang::Zh) => "新建草案".into(),
        (Op::Start, Lang::En) => "started the draft".into(),
        (Op::Paint, Lang::Zh) => format!("将 {n} 处划入 {at}"),
        (Op::Paint, Lang::En) => format!("gave {n} places to {at}"),
        (Op::Erase, Lang::Zh) => format!("将 {n} 处移出网格"),
        (Op::Erase, Lang::En) => format!("took {n} places out of their grids"),
        (Op::Lasso, Lang::Zh) if at.is_empty() => "圈选移出网格".into(),
        (Op::Lasso, Lang::En) if at.is_empty() => "took the lassoed ground out of its grids".into(),
        (Op::Lasso, Lang::Zh) => format!("圈选划入 {at}"),
        (Op::Lasso, Lang::En) => format!("gave the lassoed ground to {at}"),
        (Op::Split, Lang::Zh) => format!("拆分 {at}，新增 {next}"),
        (Op::Split, Lang::En) => format!("split {at}, new {next}"),
        (Op::Reroute, Lang::Zh) => format!("重画 {at} 与 {next} 的边界"),
        (Op::Reroute, Lang::En) => format!("rerouted the border of {at} and {next}"),
        (Op::Move, Lang::Zh) => "移动边界点".into(),
        (Op::Move, Lang::En) => "moved a border point".into(),
        (Op::Insert, Lang::Zh) => "添加边界点".into(),
        (Op::Insert, Lang::En) => "added a border point".into(),
        (Op::Remove, Lang::Zh) => "删除边界点".into(),
        (Op::Remove, Lang::En) => "removed a border point".into(),
        (Op::Merge, Lang::Zh) => format!("合并 {}", names()),
        (Op::Merge, Lang::En) => format!("merged {}", names()),
        (Op::Create, Lang::Zh) => format!("新增网格 {at}"),
        (Op::Create, Lang::En) => format!("created {at}"),
        (Op::Rename, Lang::Zh) => format!("改名 {at}"),
        (Op::Rename, Lang::En) => format!("renamed {at}"),
        (Op::Number, Lang::Zh) if at.is_empty() => "重新编号".into(),
        (Op::Number, Lang::En) if at.is_empty() => "renumbered the grids".into(),
        (Op::Number, Lang::Zh) => format!("将 {at} 改编号为 {next}"),
        (Op::Number, Lang::En) => format!("renumbered {at} as {next}"),
        (Op::Lock, Lang::Zh) => format!("锁定 {at}"),
        (Op::Lock, Lang::En) => format!("locked {at}"),
        (Op::Unlock, Lang::Zh) => format!("解锁 {at}"),
        (Op::Unlock, Lang::En) => format!("unlocked {at}"),
        (Op::Detach, Lang::Zh) => format!("飞地设置 {at}"),
        (Op::Detach, Lang::En) => format!("set whether {at} may lie in pieces"),
        (Op::Link, Lang::Zh) => "登记通道".into(),
        (Op::Link, Lang::En) => "declared a crossing".into(),
        (Op::Unlink, Lang::Zh) => "取消通道".into(),
        (Op::Unlink, Lang::En) => "withdrew a crossing".into(),
        (Op::Submit, Lang::Zh) => "送审".into(),
        (Op::Submit, Lang::En) => "submitted the plan for review".into(),
        (Op::Return, Lang::Zh) => "退回修改".into(),
        (Op::Return, Lang::En) => "returned the plan to its draft".into(),
        (Op::Approve, Lang::Zh) => "批准发布".into(),
        (Op::Approve, Lang::En) => "approved the plan".into(),
        (Op::Withdraw, Lang::Zh) => "撤回方案".into(),
        (Op::Withdraw, Lang::En) => "withdrew the plan".into(),
        (Op::Retitle, Lang::Zh) => "方案改名".into(),
        (Op::Retitle, Lang::En) => "gave the plan another title".into(),
        (Op::Divide, Lang::Zh) => format!("自动划分为 {n} 个网格"),
        (Op::Divide, Lang::En) => format!("divided anew into {n} grids"),
        (Op::Rebase, Lang::Zh) => "更新到现行方案".into(),
        (Op::Rebase, Lang::En) => "brought the draft up to date".into(),
    }
}

"""What rates are called on a page, and what each says."""

from collections.abc import Mapping
from typing import Final

from flask import Flask
from flask_babel import LazyString

from hotline.domain.rates import Measure
from hotline.domain.shares import Band
from hotline.services.reckoning.rates import Dimension
from hotline.web.i18n import lazy_gettext as _

MEASURES: Final[Mapping[Measure, LazyString]] = {
    Measure.RESPONSE: _("响应"),
    Measure.CLAIMED: _("办结（声称）"),
    Measure.CONFIRMED: _("办结（确认）"),
    Measure.SOLVED: _("解决"),
    Measure.SOLVED_KNOWN: _("解决（有答复）"),
    Measure.REACH: _("回访到达"),
    Measure.SATISFIED: _("满意"),
    Measure.GRADED: _("评价到达"),
    Measure.ON_TIME: _("按时"),
    Measure.ONCE: _("一次办结"),
    Measure.REDO: _("退回重办"),
    Measure.RETURNED: _("退单"),
    Measure.OVERTURNED: _("退单不成立"),
    Measure.RECURRED_7: _("7日复发"),
    Measure.RECURRED_30: _("30日复发"),
    Measure.UNREACHED: _("未核实归档"),
    Measure.EXCLUDED: _("不计入"),
    Measure.SATISFIED_FOUR: _("满意（四级）"),
    Measure.GRADED_FOUR: _("评价到达（四级）"),
    Measure.MISDISPATCHED: _("错派"),
    Measure.LONG_TERM: _("挂账"),
    Measure.FINAL: _("最终答复"),
    Measure.DISCREDITED: _("查实不实"),
    Measure.WITHDRAWN: _("收回办结"),
}
DIMENSIONS: Final[Mapping[Dimension, LazyString]] = {
    Dimension.COUNTY: _("全县"),
    Dimension.TOWN: _("乡镇街道"),
    Dimension.GRID: _("网格"),
    Dimension.UNIT: _("主责单位"),
    Dimension.POST: _("岗位"),
    Dimension.CLASS: _("类别"),
    Dimension.LINE: _("专线"),
}
BANDS: Final[Mapping[Band, LazyString]] = {
    Band.ABOVE: _("高于全县"),
    Band.WITHIN: _("与全县相当"),
    Band.BELOW: _("低于全县"),
    Band.TOO_FEW: _("件数太少，不比较"),
}


def init_app(app: Flask) -> None:
    """Give templates the names of measures, dimensions and bands, and a filter for shares."""
    app.jinja_env.globals.update(
        measure_words=MEASURES, dimension_words=DIMENSIONS, band_words=BANDS
    )
    app.jinja_env.filters.update(percent=percent, rate_name=MEASURES.__getitem__)


def percent(share: float | None) -> str:
    """Return a share as a percentage with one decimal; a dash where there is nothing to count."""
    return "—" if share is None else f"{share * 100:.1f}%"

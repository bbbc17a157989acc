/** Rows of a figure, each with a name above what is drawn. */

/** Pixels from one row to the next. */
export const ROW = 40;
/** Characters of a name that fit above what is drawn. */
export const NAME_LENGTH = 52;

/** How a row's name is set: its underscores stay clear of what is below. */
export const NAME_MARK = { type: 'text', align: 'left', baseline: 'alphabetic', yOffset: -14 };

/** Rows from top to bottom, as centres of a row's mark. */
export function rowAxis(rows: number) {
  return {
    field: 'row',
    type: 'quantitative',
    axis: null,
    // Room above for the first name.
    scale: { domain: [rows - 1 + 0.3, -0.7], nice: false, zero: false },
  };
}

package dev.berth.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows of cells, each column as wide as its widest cell and three spaces, and at least twelve. */
final class Table {
  private static final int MIN_WIDTH = 12;
  private static final int PADDING = 3;

  private final List<String[]> rows = new ArrayList<>();

  Table(String... header) {
    rows.add(header);
  }

  void add(String... cells) {
    rows.add(cells);
  }

  /** The lines; the last column is not padded. */
  @Override
  public String toString() {
    int last = rows.getFirst().length - 1;
    StringBuilder text = new StringBuilder();
    for (String[] row : rows) {
      for (int column = 0; column < last; column++) {
        text.append(row[column]).repeat(' ', width(column) - length(row[column]));
      }
      text.append(row[last]).append('\n');
    }
    return text.toString();
  }

  private int width(int column) {
    int longest = rows.stream().mapToInt(row -> length(row[column])).max().orElse(0);
    return Math.max(MIN_WIDTH, longest + PADDING);
  }

  private static int length(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}

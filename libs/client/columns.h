// Text in columns of a terminal, whatever its script.
#ifndef TRACKFIT_CLIENT_COLUMNS_H_
#define TRACKFIT_CLIENT_COLUMNS_H_

#include <string>
#include <string_view>

namespace trackfit::client {

// The columns that UTF-8 text takes: letters of Korean, Chinese and Japanese take two, marks that combine
// with the letter before them none (Unicode Standard Annex 11). A broken sequence takes one.
int ColumnsOf(std::string_view text);

// With spaces behind or before it up to so many columns; text that is wider stays as it is.
std::string LeftAligned(const std::string& text, int columns);
std::string RightAligned(const std::string& text, int columns);

// One line of a summary, with line break: "  Frames     90".
std::string SummaryRow(const std::string& label, const std::string& text);

}  // namespace trackfit::client

#endif  // TRACKFIT_CLIENT_COLUMNS_H_

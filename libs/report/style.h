// The page's style sheet, made of style.css.
#ifndef TRACKFIT_REPORT_STYLE_H_
#define TRACKFIT_REPORT_STYLE_H_

namespace trackfit::report {

extern const char* const kStyle;

}  // namespace trackfit::report

#endif  // TRACKFIT_REPORT_STYLE_H_

// Recorded clips as the films of poses that a client would send, and what can happen to such films.
//
// In a film poses are in order, each with its own sequence and time; a joint that is absent has NaN in x and
// y, and a pose without a person is not there at all.
#ifndef TRACKFIT_EVALUATION_FILM_H_
#define TRACKFIT_EVALUATION_FILM_H_

#include <cstdint>
#include <span>
#include <vector>

#include "dataset/dataset.h"
#include "skeleton/pose.h"

namespace trackfit::evaluation {

using Film = std::vector<skeleton::Pose>;

// A recorded clip at its own rate (30 Hz where that is unknown) and size. A photo pair becomes an eased
// to-and-fro of 3 s a cycle, 3.5 s long at 30 Hz, so that the last window is a full one.
Film FilmOf(const dataset::Clip& clip);

// The same movement filmed at another rate.
Film AtRate(const Film& film, double rate_hz);

// Turned about the centre of the picture, right-handed (clockwise as one sees it), in isotropic coordinates;
// afterwards the picture counts as square.
Film Rolled(Film film, double radians);

// Left and right exchanged, as a mirror shows it.
Film Mirrored(Film film);

// Knees, ankles, heels and toes absent.
Film WithoutLegs(Film film);

// Without about this share of its poses, each left out at random; deterministic in the seed.
Film WithMissingPoses(Film film, double share, uint64_t seed);

}  // namespace trackfit::evaluation

#endif  // TRACKFIT_EVALUATION_FILM_H_

/**
 * Coverage-guided fuzzing of everything that reads bytes from elsewhere: peers, key servers, stores and files.
 *
 * <p>The targets have a module of their own, for three reasons. They span the library and the program, and one list of them
 * is one command and one report. Jazzer is a dependency of this module alone. And CI runs their seeds, and mutations of
 * those, as ordinary tests, without Jazzer's agent. A target that needs package-private code lies in the package of that
 * code; {@link dev.lockstep.fuzz.Targets} lists them all.
 */
@NullMarked
package dev.lockstep.fuzz;

import org.jspecify.annotations.NullMarked;

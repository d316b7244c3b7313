/** Choosing among providers that the user adds: what each offers, whether it computes it rightly, and which is fastest. */
package dev.lockstep.crypto.selection;

/**
 * Where private keys are, as configurations and command lines say it, and how the tokens and agents of such places are
 * opened.
 */
package dev.lockstep.keys.uri;

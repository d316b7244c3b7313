/**
 * The decisions of a handshake as pure functions: which suite, group, credential and protocol, whether a session resumes.
 * Nothing here sends, waits or remembers.
 */
package dev.lockstep.tls.internal.handshake.choice;

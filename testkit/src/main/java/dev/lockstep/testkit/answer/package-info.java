/**
 * Scripted implementations of Lockstep's SPI: keys, PSK sources, session stores, ticket protectors and verifiers that
 * answer when and how a test says, remember what was asked, and note every breach of the call discipline by the
 * connection.
 */
package dev.lockstep.testkit.answer;

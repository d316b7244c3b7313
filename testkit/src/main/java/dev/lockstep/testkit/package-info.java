/**
 * Conversations in memory between a client and a Lockstep server, for tests of servers and of what stands behind them.
 *
 * <p>{@link dev.lockstep.testkit.Conversation} joins a scripted client to a server. A client that sends application
 * data before its Finished, and what the server must answer:
 *
 * <pre>{@code
 * Conversation conversation = Conversation.of(
 *         TestServers.config(TestServers.local(TestIdentity.P256)), ClientOptions.defaults(), Forms.PLAIN);
 * conversation.client().sends(clientHello());
 * conversation.server().answers(Conversation.fullAnswer());
 * conversation.client().sends(clientKeyExchange(), changeCipherSpec(), applicationData("too early"));
 * conversation.server().refuses(AlertDescription.UNEXPECTED_MESSAGE);
 * }</pre>
 *
 * <p>{@link dev.lockstep.testkit.ServerDriver} drives a server for other peers, such as
 * {@link dev.lockstep.testkit.JdkClient}; a {@link dev.lockstep.testkit.JdkConversation} joins these two, for tests of
 * keys. Nothing here is safe for use by several threads unless it says so; one test
 * uses its own objects.
 */
package dev.lockstep.testkit;

/** What a key server allows: who may use which key, and what may be signed with it. */
package dev.lockstep.server.keyserver.policy;

/** The keys of an ssh-agent, reached over its Unix-domain socket. */
package dev.lockstep.keys.sshagent;

/** What every primitive gets from the JDK and Bouncy Castle: engines, services and key objects. Not exported. */
package dev.lockstep.crypto.provider;

/** Key managers and trust managers as Lockstep's selectors, keys and verifiers. */
package dev.lockstep.jsse.manager;

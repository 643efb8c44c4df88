package dev.berth.linux.process;

/** Keeps the package in the module until its first type is here. */
interface Placeholder {}

package dev.berth.core.state;

/** Keeps the package in the module until its first type is here. */
interface Placeholder {}

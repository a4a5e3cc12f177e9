// Every page works without this file; it only makes the same things quicker.
import "./chart-tips";
import "./command-palette";
import "./copy-button";
import "./forms";
import "./keys";
import "./live-answers";
import "./local-time";

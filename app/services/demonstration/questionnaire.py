"""All outlines together, and the questions the flows begin with."""

from app.services.demonstration import electrical, heating_cooling, plumbing
from app.services.demonstration.outlines import AnswerOutline as Answer
from app.services.demonstration.outlines import QuestionOutline as Question
from app.services.demonstration.outlines import Trade

FIRST_QUESTION = Question(
    key="need",
    title="What can we help you with?",
    help_text="Choose the closest one.",
    icon="circle-help",
    options=(
        Answer("It is too hot", "cooling-symptom", "thermometer-sun", Trade.HEATING_COOLING),
        Answer("A drain is slow or blocked", "drain", "waves", Trade.PLUMBING),
        Answer("It is too cold", "heating-symptom", "thermometer-snowflake", Trade.HEATING_COOLING),
        Answer("Something leaks", "leak", "droplet", Trade.PLUMBING),
        Answer("A tune-up", "tune-up", "wrench", Trade.HEATING_COOLING),
        Answer("Trouble with the power", "power-trouble", "zap", Trade.ELECTRICAL),
        Answer("Trouble with the hot water", "hot-water", "shower-head", Trade.PLUMBING),
        Answer("A toilet or faucet", "fixture", "toilet", Trade.PLUMBING),
        Answer("Lights or a fan", "lighting-kind", "lightbulb", Trade.ELECTRICAL),
        Answer("A new system", "replace-reason", "sparkles", Trade.HEATING_COOLING),
        Answer("A car charger", "charger", "plug-zap", Trade.ELECTRICAL),
        Answer("More power or a generator", "more-power", "battery-charging", Trade.ELECTRICAL),
    ),
)

EMERGENCY_QUESTION = Question(
    key="emergency",
    title="What is the emergency?",
    help_text="If anybody is in danger, call 911 first.",
    icon="siren",
    options=(
        Answer("There is no heat", "heat-source", "snowflake", Trade.HEATING_COOLING),
        Answer("Water runs where it should not", "leak", "droplets", Trade.PLUMBING),
        Answer("There is no cooling", "ac-repair", "thermometer-sun", Trade.HEATING_COOLING),
        Answer("Sewage comes back up", "drain-clearing", "waves", Trade.PLUMBING),
        Answer("Sparks or a burning smell", "sparks", "zap", Trade.ELECTRICAL),
    ),
)

COOLING_QUESTION = Question(
    key="cooling-goal",
    title="What does your cooling need?",
    icon="snowflake",
    options=(
        Answer("A repair", "cooling-symptom", "wrench"),
        Answer("A tune-up", "ac-tune-up", "fan"),
        Answer("A price for a new system", "replace-reason", "circle-dollar-sign"),
    ),
)

SERVICES = (*heating_cooling.SERVICES, *plumbing.SERVICES, *electrical.SERVICES)
QUESTIONS = (
    FIRST_QUESTION,
    EMERGENCY_QUESTION,
    COOLING_QUESTION,
    *heating_cooling.QUESTIONS,
    *plumbing.QUESTIONS,
    *electrical.QUESTIONS,
)

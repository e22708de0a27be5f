"""The services and questions about electrical work."""

from app.services.demonstration.outlines import AnswerOutline as Answer
from app.services.demonstration.outlines import QuestionOutline as Question
from app.services.demonstration.outlines import ServiceOption
from app.services.demonstration.outlines import ServiceOutline as Service

SERVICES = (
    Service(
        key="troubleshooting",
        title="Electrical Troubleshooting",
        description="Find the fault behind dead outlets, tripping breakers and flickering lights.",
        icon="zap",
        job_type_id="7201",
        job_type_name="ELE - Troubleshooting",
        asks="home-age",
    ),
    Service(
        key="lighting",
        title="Lighting & Fan Installation",
        description="Fixtures, recessed lights, ceiling fans, dimmers and switches.",
        icon="lightbulb",
        job_type_id="7202",
        job_type_name="ELE - Lighting Install",
        asks="fixture-bought",
    ),
    Service(
        key="ev-charger",
        title="EV Charger Installation",
        description="A level 2 charger with its own circuit and the permit for it.",
        icon="plug-zap",
        job_type_id="7210",
        job_type_name="ELE - EV Charger",
        asks="parking",
    ),
    Service(
        key="panel-upgrade",
        title="Panel Upgrade Estimate",
        description="Quote for a new 200-ampere panel. Free of charge.",
        icon="circuit-board",
        job_type_id="7290",
        job_type_name="ELE - Panel Estimate",
    ),
    Service(
        key="generator",
        title="Standby Generator Estimate",
        description="Quote for power that stays on when the grid does not. Free of charge.",
        icon="battery-charging",
        job_type_id="7291",
        job_type_name="ELE - Generator Estimate",
    ),
)

QUESTIONS = (
    Question(
        key="power-trouble",
        title="What is happening?",
        icon="zap",
        options=(
            Answer("A breaker keeps tripping", "troubleshooting", "power-off"),
            Answer("An outlet or switch is dead", "troubleshooting", "plug"),
            Answer("Lights flicker", "troubleshooting", "lightbulb"),
            Answer("Part of the house has no power", "troubleshooting", "house"),
            Answer("Sparks or a burning smell", "sparks", "flame"),
        ),
    ),
    Question(
        key="sparks",
        title="Is it still going on?",
        help_text="If something burns, leave the house and call 911 first.",
        icon="siren",
        options=(
            Answer("No, I switched the breaker off", "troubleshooting"),
            Answer("No, it happened once", "troubleshooting"),
            Answer("Yes, from time to time", "troubleshooting", "triangle-alert"),
        ),
    ),
    Question(
        key="home-age",
        title="When was the house built?",
        icon="house",
        options=(
            Answer("1970 to 2000"),
            Answer("Before 1970"),
            Answer("After 2000"),
            Answer("I do not know"),
        ),
    ),
    Question(
        key="lighting-kind",
        title="What should we install?",
        icon="lightbulb",
        options=(
            Answer("A ceiling fan", "lighting", "fan"),
            Answer("Recessed lights", "lighting", "lightbulb"),
            Answer("Outdoor lights", "lighting", "leaf"),
            Answer("Dimmers or smart switches", "lighting", "gauge"),
        ),
    ),
    Question(
        key="fixture-bought",
        title="Do you have the fixture already?",
        icon="badge-check",
        options=(Answer("Yes"), Answer("No, please bring options")),
    ),
    Question(
        key="charger",
        title="Which charger will it be?",
        icon="car",
        options=(
            Answer("The one that came with the car", "ev-charger"),
            Answer("One I bought separately", "ev-charger"),
            Answer("I would like advice", "ev-charger", "message-circle"),
        ),
    ),
    Question(
        key="parking",
        title="Where does the car stand?",
        icon="car",
        options=(
            Answer("In an attached garage"),
            Answer("In a driveway"),
            Answer("In a detached garage"),
        ),
    ),
    Question(
        key="more-power",
        title="What are you planning?",
        help_text="Both visits are free; choose one, and we talk about the other there.",
        icon="battery-charging",
        options=(ServiceOption("panel-upgrade"), ServiceOption("generator")),
    ),
)

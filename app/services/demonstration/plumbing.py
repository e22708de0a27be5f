"""The services and questions about plumbing."""

from app.services.demonstration.outlines import AnswerOutline as Answer
from app.services.demonstration.outlines import QuestionOutline as Question
from app.services.demonstration.outlines import ServiceOutline as Service

SERVICES = (
    Service(
        key="drain-clearing",
        title="Drain Clearing",
        description="Clear a slow or blocked drain, with a camera look where it helps.",
        icon="droplets",
        job_type_id="6101",
        job_type_name="PLM - Drain Clearing",
        asks="drain-history",
    ),
    Service(
        key="leak-repair",
        title="Leak Repair",
        description="Find the leak, stop it and mend the pipe.",
        icon="droplet",
        job_type_id="6102",
        job_type_name="PLM - Leak Repair",
        asks="water-off",
    ),
    Service(
        key="water-heater-repair",
        title="Water Heater Repair",
        description="Bring hot water back, on tank and tankless heaters of every make.",
        icon="shower-head",
        job_type_id="6110",
        job_type_name="PLM - Water Heater Repair",
        asks="heater-age",
    ),
    Service(
        key="water-heater-replacement",
        title="Water Heater Replacement",
        description="A new heater, installed within a day; the old one goes with us.",
        icon="heater",
        job_type_id="6111",
        job_type_name="PLM - Water Heater Install",
    ),
    Service(
        key="fixture-repair",
        title="Toilet & Faucet Repair",
        description="Toilets, faucets, disposals and shower valves.",
        icon="toilet",
        job_type_id="6120",
        job_type_name="PLM - Fixture Repair",
    ),
)

QUESTIONS = (
    Question(
        key="drain",
        title="Which drain is it?",
        icon="waves",
        options=(
            Answer("The kitchen sink", "drain-clearing", "cooking-pot"),
            Answer("A shower, tub or bathroom sink", "drain-clearing", "bath"),
            Answer("The toilet", "drain-clearing", "toilet"),
            Answer("Several at once", "drain-clearing", "triangle-alert"),
            Answer("The basement floor or outdoors", "drain-clearing", "house"),
        ),
    ),
    Question(
        key="drain-history",
        title="Has this drain been cleared before?",
        icon="clock",
        options=(
            Answer("Never"),
            Answer("More than a year ago"),
            Answer("Within the last year"),
        ),
    ),
    Question(
        key="leak",
        title="Where is the water?",
        icon="droplet",
        options=(
            Answer("Under a sink", "leak-repair", "cooking-pot"),
            Answer("On a ceiling or wall", "leak-repair", "house"),
            Answer("At the water heater", "heater-type", "heater"),
            Answer("In the basement", "leak-repair", "waves"),
            Answer("At an outdoor faucet", "leak-repair", "sprout"),
            Answer("Only on my water bill", "leak-repair", "circle-dollar-sign"),
        ),
    ),
    Question(
        key="water-off",
        title="Is the water turned off?",
        help_text="The main valve is usually where the pipe enters the house.",
        icon="power-off",
        options=(
            Answer("Yes, at the fixture"),
            Answer("Yes, at the main valve"),
            Answer("No, I need help with that"),
        ),
    ),
    Question(
        key="hot-water",
        title="What is wrong with the hot water?",
        icon="shower-head",
        options=(
            Answer("There is none", "heater-type", "snowflake"),
            Answer("It runs out or is only lukewarm", "heater-type", "thermometer"),
            Answer("It is rusty or smells", "heater-type", "droplets"),
            Answer("I want a new heater", "water-heater-replacement", "sparkles"),
        ),
    ),
    Question(
        key="heater-type",
        title="What kind of water heater is it?",
        icon="heater",
        options=(
            Answer("A gas tank", "water-heater-repair", "flame"),
            Answer("An electric tank", "water-heater-repair", "zap"),
            Answer("Tankless", "water-heater-repair", "gauge"),
            Answer("I do not know", "water-heater-repair"),
        ),
    ),
    Question(
        key="heater-age",
        title="How old is the water heater?",
        icon="calendar",
        options=(
            Answer("6 to 12 years"),
            Answer("Under 6 years"),
            Answer("Over 12 years"),
            Answer("I do not know"),
        ),
    ),
    Question(
        key="fixture",
        title="What needs fixing?",
        icon="wrench",
        options=(
            Answer("A toilet that runs or clogs", "fixture-repair", "toilet"),
            Answer("A dripping faucet", "fixture-repair", "droplet"),
            Answer("A garbage disposal", "fixture-repair", "cooking-pot"),
            Answer("A shower valve", "fixture-repair", "shower-head"),
            Answer("A new fixture to install", "fixture-repair", "sparkles"),
        ),
    ),
)
